import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const { title, note } = await request.json();
  const order = await kept({ title, note });
  return NextResponse.json(order);
}
async function kept(row: { title: string; note: string }) {
  return prisma.order.upsert({ where: { title: row.title }, create: { title: row.title, note: row.note }, update: {} });
}
