import { welcome } from '../../../lib/mail';

export async function POST(request: Request) {
  const { mail, token } = await request.json();
  await welcome(mail, token);
  return Response.json({ sent: true });
}
