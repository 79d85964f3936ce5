import { Router } from "express";
export class Base { router = Router(); }
