describe("x")
