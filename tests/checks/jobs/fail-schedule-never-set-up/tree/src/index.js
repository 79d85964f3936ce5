import { start } from './jobs.js';
// start();
