import { Controller, Get, Module, Param, PipeTransform, UseInterceptors, UsePipes } from '@nestjs/common';
import { Transaction } from './transaction';
class Parsed implements PipeTransform {
  constructor(private readonly schema: any) {}
  transform(value: unknown) { return this.schema.parse(value); }
}
@Controller('cats')
export class Cats {
  @Get(':id')
  @UseInterceptors(Transaction)
  @UsePipes(new Parsed(schema()))
  one(@Param('id') id: string) { return find(id); }
}
@Module({ controllers: [Cats] })
export class CatsModule {}
