import { OpenAPIHandler } from '@orpc/openapi/fetch';
import { router } from '../../../server/router';

const handler = new OpenAPIHandler(router);
async function answer(request: Request) {
  const { response } = await handler.handle(request, { prefix: '/api' });
  return response ?? new Response(null, { status: 404 });
}
export { answer as GET, answer as POST };
