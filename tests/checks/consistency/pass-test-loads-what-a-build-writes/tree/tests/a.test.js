import { a } from "../dist/a";
import { b } from "../lib/b";
a(b);
