import './style.css';
import logo from './logo.svg?url';
import { PrismaClient } from './generated/prisma/client';
import { Kind } from './kinds';
console.log(logo, new PrismaClient(), {} as Kind);
