export default { setupFiles: ["<rootDir>/src/__tests__/setup.js"] };
