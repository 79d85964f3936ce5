import type { Application } from "express";
class Docs {
  setup(app: Application, path: string = "/docs") {
    app.get(`${path}.json`, (request, response) => response.json(find()));
  }
}
const docs = new Docs();
export const setup = (app: Application, path?: string) => { docs.setup(app, path); };
