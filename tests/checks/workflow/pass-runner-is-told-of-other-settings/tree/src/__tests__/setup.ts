import path from "node:path";
import "jest-extended";

process.chdir(path.sep);
