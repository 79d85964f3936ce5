import { Controller, Get, Module } from '@nestjs/common';
@Controller()
export class Cats {
  @Get('health')
  health() { return Date.now(); }
  @Get('cats')
  all() { return Date.now(); }
}
@Module({ controllers: [Cats] })
export class AppModule {}
