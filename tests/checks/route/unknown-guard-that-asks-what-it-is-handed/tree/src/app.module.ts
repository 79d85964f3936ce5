import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CatsModule } from './cats';
import { Guard } from './guard';
@Module({ imports: [CatsModule], providers: [{ provide: APP_GUARD, useClass: Guard }] })
export class AppModule {}
