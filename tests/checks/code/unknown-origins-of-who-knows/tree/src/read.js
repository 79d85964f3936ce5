import { readFileSync } from 'node:fs';
export const read = (name) => { const all = JSON.parse(readFileSync('settings.json', 'utf8')); return all[name]; };
