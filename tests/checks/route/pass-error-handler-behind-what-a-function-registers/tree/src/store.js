export const all = async () => fetch('http://store');
export const one = async (id) => fetch('http://store/' + id);
