import express from "express";
import { setup } from "./docs";
const app = express();
setup(app);
setup(app, process.env.DOCS);
app.listen(3000);
