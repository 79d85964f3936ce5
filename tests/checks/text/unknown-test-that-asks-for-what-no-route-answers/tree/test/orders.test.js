const request = require('supertest');
const app = require('../src/app');

let token;
beforeAll(async () => {
  const answer = await request(app).post('/auth/signup').send({ mail: 'a@example.com' });
  token = answer.body.token;
});

test('lists orders', async () => {
  const answer = await request(app).get('/orders').set('Authorization', token);
  expect(answer.status).toBe(200);
});
