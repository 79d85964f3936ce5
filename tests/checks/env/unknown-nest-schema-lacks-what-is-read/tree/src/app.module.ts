import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Hosts } from './hosts';
import { schema } from './env';

@Module({
  imports: [ConfigModule.forRoot({ isGlobal: true, validationSchema: schema })],
  providers: [Hosts],
})
export class AppModule {}
