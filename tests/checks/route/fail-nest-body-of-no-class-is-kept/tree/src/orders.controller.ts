import { Body, Controller, Post } from '@nestjs/common';
import { PrismaService } from './prisma.service';
import { OrderDto } from './order.dto';
@Controller('orders')
export class OrdersController {
  constructor(private readonly prisma: PrismaService) {}
  @Post()
  place(@Body() body: any) {
    return this.prisma.order.create({ data: body });
  }
}
