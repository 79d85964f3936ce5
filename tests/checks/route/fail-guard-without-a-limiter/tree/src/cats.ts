import { Controller, Get, Module, Param } from '@nestjs/common';
@Controller('cats')
export class Cats {
  @Get(':id')
  one(@Param('id') id: string) { return find(id); }
}
@Module({ controllers: [Cats] })
export class CatsModule {}
