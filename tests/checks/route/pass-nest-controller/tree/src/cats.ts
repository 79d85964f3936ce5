import { Controller, Get, Param } from '@nestjs/common';
@Controller('cats')
export class Cats {
  @Get(':id')
  one(@Param('id') id: string) { return find(id); }
}
