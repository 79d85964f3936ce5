import { Module } from '@nestjs/common';
import { Cats } from './cats';
@Module({ controllers: [Cats] })
export class AppModule {}
