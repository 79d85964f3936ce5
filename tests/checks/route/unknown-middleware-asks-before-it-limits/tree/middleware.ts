import { NextResponse } from "next/server";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
const limiter = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(5, "10 s") });
export async function middleware(req) {
  const ok = req.nextUrl.pathname.startsWith("/never") ? (await limiter.limit("a")).success : true;
  if (!ok) return new NextResponse("x", { status: 429 });
  return NextResponse.next();
}
