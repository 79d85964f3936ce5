import { NextResponse } from 'next/server';
import { prisma } from '../../../lib/prisma';
export async function POST(request: Request) {
  const { title, kind } = await request.json();
  switch (kind) {
    case 'draft':
      return NextResponse.json(await prisma.order.create({ data: { title, kind } }));
    default:
      return NextResponse.json({}, { status: 400 });
  }
}
