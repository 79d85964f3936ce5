import fastify from 'fastify';
import rateLimit from '@fastify/rate-limit';
const app = fastify();
async function start() {
  await connect();
  await app.register(rateLimit, { max: 10 });
  app.get('/users', (q, r) => list(q, r));
  await app.listen({ port: 3000 });
}
start();
