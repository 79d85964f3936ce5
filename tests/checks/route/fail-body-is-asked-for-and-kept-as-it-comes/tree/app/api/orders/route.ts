import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const body = await request.json();
  if (!body.title) return NextResponse.json({ error: 'a title is needed' }, { status: 400 });
  const order = await prisma.order.create({ data: body });
  return NextResponse.json(order);
}
