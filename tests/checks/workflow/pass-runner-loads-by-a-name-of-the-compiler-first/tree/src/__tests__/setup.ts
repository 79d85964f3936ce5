import { reset } from "@acme/test-utils";

beforeEach(reset);
