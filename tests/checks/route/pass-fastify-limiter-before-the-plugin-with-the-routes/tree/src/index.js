import Fastify from 'fastify';
import limit from '@fastify/rate-limit';
const app = Fastify();
app.register(limit, { max: 5 });
app.register(async (own) => {
  own.post('/login', (request) => login(request.body));
});
app.listen({ port: 3000 });
