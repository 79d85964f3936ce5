import { NestFactory } from '@nestjs/core';
import rateLimit from 'express-rate-limit';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.use('/api/orders', rateLimit({ windowMs: 60000, limit: 10 }));
  app.setGlobalPrefix('api');
  await app.listen(3000);
}
bootstrap();
