import helmet from '@fastify/helmet';
import fastify from 'fastify';

const app = fastify();
await app.register(helmet);
app.get('/', async () => 'shop');
await app.listen({ port: 3000 });
