import { NextResponse } from 'next/server';
import { secured } from './lib/secured';
export function middleware() {
  return secured(NextResponse.next());
}
