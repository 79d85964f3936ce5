export const send = (password, key) => password + key;
