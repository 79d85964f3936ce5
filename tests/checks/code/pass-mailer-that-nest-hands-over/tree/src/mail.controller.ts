import { Controller, Post } from '@nestjs/common';
import { MailerService } from '@nestjs-modules/mailer';
@Controller('mails')
export class MailController {
  constructor(private readonly mails: MailerService) {}
  @Post()
  send() { return this.mails.sendMail({ to: 'a@example.com' }); }
}
