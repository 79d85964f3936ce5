export default async function handler(req, res) {
  if (req.method === 'GET') return res.json({ ok: true });
  await fetch('https://accounts.example', { method: 'DELETE' });
  res.end();
}
