import { initSentry as start } from './lib';
start();
