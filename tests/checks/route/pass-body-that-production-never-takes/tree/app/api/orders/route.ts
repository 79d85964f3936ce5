import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  if (process.env.NODE_ENV !== 'development') {
    return NextResponse.json({ error: 'only where it is developed' }, { status: 403 });
  }
  const body = await request.json();
  const order = await prisma.order.create({ data: { ...body } });
  return NextResponse.json(order);
}
