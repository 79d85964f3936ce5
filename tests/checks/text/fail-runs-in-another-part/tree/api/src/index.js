import { verified } from '../../shared/guard.js';
verified({});
