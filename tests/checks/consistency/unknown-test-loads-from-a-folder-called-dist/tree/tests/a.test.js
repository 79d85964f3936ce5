import { a } from "../dist/a";
a();
