import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { RefreshStrategy } from './refresh.strategy';
import { EitherStrategy } from './either.strategy';

@Module({ providers: [RefreshStrategy, EitherStrategy] })
class AppModule {}

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
bootstrap();
