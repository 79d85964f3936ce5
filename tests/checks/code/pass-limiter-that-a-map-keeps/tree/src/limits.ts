import { Ratelimit } from '@upstash/ratelimit';

class Limits {
  private limiters: Map<string, Ratelimit> = new Map();

  private of(key: string): Ratelimit {
    if (!this.limiters.has(key)) {
      this.limiters.set(key, new Ratelimit({ redis: connect() }));
    }
    return this.limiters.get(key)!;
  }

  async check(id: string) {
    const limiter = this.of('all');
    return limiter.limit(id);
  }
}
export const limits = new Limits();
