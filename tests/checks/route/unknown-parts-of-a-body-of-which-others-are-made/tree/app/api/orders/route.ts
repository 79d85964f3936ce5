import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const { title, price } = await request.json();
  const order = await prisma.order.create({ data: { title: String(title), price: Number(price) } });
  return NextResponse.json(order);
}
