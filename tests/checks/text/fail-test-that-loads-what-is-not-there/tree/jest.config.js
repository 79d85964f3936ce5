const where = ["**/?(*.)+(spec|test).[jt]s?(x)"];
module.exports = { roots: ["<rootDir>/src", "<rootDir>/tests"], testMatch: where, testPathIgnorePatterns: ["/e2e/"] };
