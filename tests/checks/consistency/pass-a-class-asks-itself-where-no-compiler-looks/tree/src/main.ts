import { NestFactory } from '@nestjs/core';
import { Controller, Module, Post } from '@nestjs/common';

@Controller('auth')
export class AuthController {
  @Post('refresh')
  refresh() {
    return this.config.get('JWT_SECRET') + this.own();
  }

  private own() {
    return [1].map(() => this.toString() + this.refresh.name).join();
  }
}

class Whole {
  declared!: string;
  [extra: string]: unknown;

  constructor(private readonly given: string) {}

  all() {
    return this.declared + this.given + this.anything;
  }
}

class Loose {
  text() {
    const other = { part: 1, all() { return this.part; } };
    return (this as any).missing + other.all();
  }
}

class Derived extends Whole {
  more() {
    return this.inherited;
  }
}

@Module({ controllers: [AuthController], providers: [Whole, Loose, Derived] })
class AppModule {}

NestFactory.create(AppModule).then((app) => app.listen(3000));
