import { Module, forwardRef } from '@nestjs/common';
import { CatsModule } from './cats';
import { DogsModule } from './dogs';
import { wings } from './birds';
const more = wings > 1 ? [DogsModule.register({})] : [];
@Module({ imports: [forwardRef(() => CatsModule), ...more] })
export class AppModule {}
