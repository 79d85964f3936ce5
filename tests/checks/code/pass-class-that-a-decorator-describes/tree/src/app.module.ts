import { Controller, Module, Post } from '@nestjs/common';
import { Mails } from './mails';
@Controller('mails')
class Letters {
  constructor(private readonly mails: Mails) {}
  @Post() send() { return this.mails.send(); }
}
@Module({ controllers: [Letters] })
export class AppModule {}
