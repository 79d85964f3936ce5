export default {
  setupFilesAfterEnv: [
    "<rootDir>/src/__tests__/setup.ts",
  ],
};
