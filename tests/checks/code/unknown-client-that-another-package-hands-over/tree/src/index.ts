import { Redis } from 'ioredis';
import { make } from './make';
const redis: Redis = make();
redis.get('a').then(console.log);
