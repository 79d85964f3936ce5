import jwt from 'jsonwebtoken';
import { complete } from './complete.js';
const options = { algorithm: 'HS256' };
complete(options);
console.log(jwt.sign({ a: 1 }, process.env.KEY, options));
