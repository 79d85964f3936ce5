import { NestFactory } from '@nestjs/core';
import { Injectable, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { createLogger } from 'winston';
@Injectable()
export class Logger {
  readonly logger;
  constructor(private readonly configService: ConfigService) {
    this.logger = createLogger({ level: this.configService.get('LOG_LEVEL', { infer: true }) });
  }
}
@Module({ imports: [ConfigModule.forRoot()], providers: [Logger] })
export class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
void bootstrap();
