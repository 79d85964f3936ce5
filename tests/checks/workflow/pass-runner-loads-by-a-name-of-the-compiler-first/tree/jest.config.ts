import { pathsToModuleNameMapper } from "ts-jest";
import tsconfig from "./tsconfig.json";

export default {
  setupFilesAfterEnv: ["<rootDir>/src/__tests__/setup.ts"],
  moduleNameMapper: pathsToModuleNameMapper(tsconfig.compilerOptions.paths),
};
