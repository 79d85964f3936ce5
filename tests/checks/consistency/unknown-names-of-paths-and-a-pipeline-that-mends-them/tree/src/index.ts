import express from "express";
import type { Config } from "@/types";
import { Level } from "@/types";
import { env } from "@/config/env";

const level: Level = "info";
const config: Config = { port: env.port };
express().listen(config.port, () => console.log(level));
