import { gone } from "../src/lib/gone";
gone();
