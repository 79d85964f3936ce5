import { Injectable } from '@nestjs/common';
import { PrismaService } from './prisma.service';
@Injectable()
export class UsersService {
  constructor(private readonly prisma: PrismaService) {}
  find(name: string) { return this.prisma.$queryRawUnsafe(`SELECT * FROM users WHERE name = '${name}'`); }
}
