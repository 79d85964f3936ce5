import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const { title, price } = await request.json();
  if (!title || title.length > 80) return NextResponse.json({ error: 'a title of at most 80' }, { status: 400 });
  const order = await prisma.order.create({ data: { title, price } });
  return NextResponse.json(order);
}
