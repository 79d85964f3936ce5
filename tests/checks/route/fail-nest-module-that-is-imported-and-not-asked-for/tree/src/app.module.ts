import { Module } from '@nestjs/common';
import { CatsModule } from './cats';
@Module({ imports: [] })
export class AppModule {}
