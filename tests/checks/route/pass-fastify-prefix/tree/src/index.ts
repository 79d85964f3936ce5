import Fastify from 'fastify';
const app = Fastify();
app.register(async (instance) => { instance.get('/health', async () => ({ ok: true })); }, { prefix: '/ops' });
app.listen({ port: 1 });
