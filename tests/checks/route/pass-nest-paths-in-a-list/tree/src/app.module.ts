import { Controller, Get, Module } from '@nestjs/common';
const live = ['live', 'alive'];
@Controller(['v1', 'v2'])
class Health { @Get(live) all() { return find(); } }
@Module({ controllers: [Health] })
export class AppModule {}
