module.exports = { testMatch: ["<rootDir>/src/**/*.test.js"] };
