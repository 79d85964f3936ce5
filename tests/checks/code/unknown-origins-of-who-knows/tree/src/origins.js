import { read } from './read.js';
export const origins = read('origins').split(',');
