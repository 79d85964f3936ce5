import { Controller, Module, Post } from '@nestjs/common';

@Controller('auth')
export class AuthController {
  @Post('login')
  login() {
    return fetch('https://accounts.example.com');
  }
}

@Module({ controllers: [AuthController] })
export class AppModule {}
