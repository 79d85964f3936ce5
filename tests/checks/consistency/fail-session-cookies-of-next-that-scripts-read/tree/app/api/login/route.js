import { cookies } from 'next/headers';

export async function POST(request) {
  const { token } = await request.json();
  const store = await cookies();
  const cookieStore = store;
  cookieStore.set({ name: 'auth-token', value: token, secure: process.env.NODE_ENV === 'production', sameSite: 'lax' });
  return Response.json({ ok: true });
}
