export const signIn = async (body) => fetch("http://accounts", { body });
