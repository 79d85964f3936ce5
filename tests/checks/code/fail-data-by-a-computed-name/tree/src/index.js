import { createRequire } from 'node:module';
import path from 'node:path';
const require = createRequire(import.meta.url);
const load = (language) => import(`../locales/${language}.json`);
load('en');
require('./texts/' + process.env.TEXTS + '.yaml');
require(path.join(process.env.FOLDER, 'names.json'));
