import { App } from "./app";
import { AuthRoute } from "./auth.route";
const app = new App([new AuthRoute()]);
app.listen();
