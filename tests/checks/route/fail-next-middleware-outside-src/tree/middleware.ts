import { Ratelimit } from '@upstash/ratelimit';
import { NextResponse } from 'next/server';

const limiter = new Ratelimit({ limiter: Ratelimit.slidingWindow(10, '1 m') });

export async function middleware(request) {
  const { success } = await limiter.limit(request.ip);
  if (!success) return new NextResponse('too many', { status: 429 });
  return NextResponse.next();
}
