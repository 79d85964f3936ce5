export class Hooks {
  async stripe(q, r) {
    await save(q.body);
    r.json({ received: true });
  }
}
