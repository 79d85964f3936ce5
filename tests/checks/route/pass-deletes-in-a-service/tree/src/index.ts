import express from 'express';
const app = express();
import { users } from './users';
app.delete('/account', async (q, r) => {
  await users.remove(q.user.id);
  r.json({ ok: true });
});
