export { origins } from './gone.js';
