import { Module } from '@nestjs/common';
import { MailerModule } from '@nestjs-modules/mailer';
import { MailController } from './mail.controller';
@Module({ imports: [MailerModule.forRoot({})], controllers: [MailController] })
export class AppModule {}
