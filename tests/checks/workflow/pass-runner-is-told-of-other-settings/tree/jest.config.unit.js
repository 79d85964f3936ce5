/*
setupFiles: ["<rootDir>/src/__tests__/setup.ts"],
*/
module.exports = {};
