import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Orders } from './orders';
import { settings } from './settings';

@Module({
  imports: [ConfigModule.forRoot({ isGlobal: true, validationSchema: settings })],
  controllers: [Orders],
})
export class AppModule {}
