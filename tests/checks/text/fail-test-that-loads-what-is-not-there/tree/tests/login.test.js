import { users } from './helpers/users';
const request = require("supertest");
const app = require("../src/app");

test("signs in", async () => {
  const answer = await request(app).post("/login").send({});
  expect(answer.status).toBe(200);
});
