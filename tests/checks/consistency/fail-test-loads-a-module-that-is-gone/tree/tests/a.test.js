const { a } = require('../src/index');
const { b } = require('../src/gone');
test('a', () => expect(a + b).toBe(1));
