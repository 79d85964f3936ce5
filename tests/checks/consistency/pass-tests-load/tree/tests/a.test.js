import { a } from '../src/index.js';
import { b } from '../src/view';
import config from '../src/config';
import made from '../dist/made.js';
import styles from './a.css';
vi.mock('../src/other', () => ({}));
import other from '../src/other';
try {
  require('./optional');
} catch {}
test('a', () => expect(() => require('./gone')).toThrow(a, b, config, made, styles, other));
