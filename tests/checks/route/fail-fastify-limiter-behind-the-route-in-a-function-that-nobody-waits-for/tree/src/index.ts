import fastify from 'fastify';
import rateLimit from '@fastify/rate-limit';
const app = fastify();
async function start() {
  await connect();
  app.get('/users', (q, r) => list(q, r));
  await app.register(rateLimit, { max: 10 });
  await app.listen({ port: 3000 });
}
start();
