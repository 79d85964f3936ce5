import express, { Application, Router } from "express";
interface Routes { path: string; router: Router }
export class App {
  public app: Application;
  constructor(routes: Routes[]) {
    this.app = express();
    this.initializeMiddlewares();
    this.initializeRoutes(routes);
  }
  public listen() { this.app.listen(3000); }
  private initializeMiddlewares() { this.app.use(express.json()); }
  private initializeRoutes(routes: Routes[]) {
    routes.forEach((route) => { this.app.use("/api", route.router); });
  }
}
