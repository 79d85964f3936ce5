import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const { cartId, userId, note } = await request.json();
  const order = await prisma.order.create({ data: { cartId, userId, owner: { connect: { id: userId } }, note } });
  return NextResponse.json(order);
}
