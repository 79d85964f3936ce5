import { NextResponse } from "next/server";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
const limiter = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(5, "10 s") });
export async function middleware(req) {
  if (req.nextUrl.pathname.startsWith("/api")) {
    if (req.method === "POST") {
      return NextResponse.next();
    }
    req.headers.get("x");
  }
  const { success } = await limiter.limit("a");
  if (!success) return new NextResponse("x", { status: 429 });
  return NextResponse.next();
}
