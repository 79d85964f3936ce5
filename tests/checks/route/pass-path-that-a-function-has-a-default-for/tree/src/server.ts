import express from "express";
import { setup } from "./docs";
const app = express();
setup(app);
app.listen(3000);
