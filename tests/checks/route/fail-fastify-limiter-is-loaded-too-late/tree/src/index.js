import Fastify from 'fastify';
import limit from '@fastify/rate-limit';
const app = Fastify();
app.register(limit, { max: 5 });
app.post('/login', async (request) => login(request.body));
app.listen({ port: 3000 });
