import type { Application } from "express";
export function setup(app: Application, path = "/docs") {
  app.get(`${path}.json`, (request, response) => response.json(find()));
}
