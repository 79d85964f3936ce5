import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const body = await request.json();
  if (!body.title || body.price == null) return NextResponse.json({ error: 'title and price are needed' }, { status: 400 });
  const order = await prisma.order.create({ data: { title: body.title, price: body.price } });
  return NextResponse.json(order);
}
