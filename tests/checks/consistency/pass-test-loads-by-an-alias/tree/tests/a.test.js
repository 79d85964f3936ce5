import { expect, test } from "vitest";
import { total } from "@/index";
test("total", () => expect(total()).toBe(1));
