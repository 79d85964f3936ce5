import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const { title, price } = await request.json();
  const order = await prisma.order.create({ data: { title, price, done: false } });
  return NextResponse.json(order);
}
