import assert from "node:assert";
import test from "node:test";

test("a cart adds up", () => assert.equal([1, 2].reduce((sum, price) => sum + price), 3));
