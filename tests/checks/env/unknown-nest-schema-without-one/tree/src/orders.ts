import { Controller, Get } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

@Controller('orders')
export class Orders {
  constructor(private readonly config: ConfigService) {}

  @Get()
  all() {
    return [process.env.DATABASE_URL.length, this.config.get('ADMIN_HOSTS').split(',')];
  }
}
