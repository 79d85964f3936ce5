import { secured } from '../../lib/secured';
export async function GET() {
  return secured(new Response('a'));
}
