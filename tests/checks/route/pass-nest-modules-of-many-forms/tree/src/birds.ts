import { Controller, Get, Module } from '@nestjs/common';
@Controller('birds')
export class Birds { @Get() all() { return find(); } }
export const wings = 2;
@Module({ controllers: [Birds] })
export class BirdsModule {}
