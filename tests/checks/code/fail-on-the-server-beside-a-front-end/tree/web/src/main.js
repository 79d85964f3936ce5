import pino from "pino";
pino().info("here");
import(window.page);
