import express from "express";
import { secured } from "./middleware/security";
import { log } from "./log";
import type { Level } from "./types";
import { Port } from "./types";

const port: Port = 3000;
const level: Level = "info";
express().use(secured).listen(port, () => log(level));
