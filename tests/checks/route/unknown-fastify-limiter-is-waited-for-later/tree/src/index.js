import Fastify from 'fastify';
import limit from '@fastify/rate-limit';
const app = Fastify();
app.register(limit, { max: 5 });
await app.register(import('./other.js'));
app.post('/login', async (request) => login(request.body));
await app.listen({ port: 3000 });
