export const other = {};
