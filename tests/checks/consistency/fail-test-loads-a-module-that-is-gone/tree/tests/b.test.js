const { a } = require('../src/index');
jest.mock('../src/lost', () => ({}));
test('a', () => expect(a).toBe(1));
