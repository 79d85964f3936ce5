import { Resend } from 'resend';

const base = process.env.NEXT_PUBLIC_APP_URL || 'http://localhost:3000';

export async function welcome(to: string, token: string) {
  const verify = `${base}/verify-email?token=${encodeURIComponent(token)}`;
  const orders = `${base}/orders`;
  const card = `${base}/orders/opengraph-image`;
  await new Resend(process.env.RESEND_API_KEY).emails.send({ to, text: `${verify} ${orders} ${card}` });
}
