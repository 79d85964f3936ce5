import express from "express";
import * as users from "./users.js";
import { mount } from "mounter";
const app = express();
mount(app, users);
app.listen(3000);
