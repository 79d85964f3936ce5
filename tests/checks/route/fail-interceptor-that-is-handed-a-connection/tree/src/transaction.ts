import { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import mongoose from 'mongoose';
export class Transaction implements NestInterceptor {
  constructor(@InjectConnection() private readonly connection: mongoose.Connection) {}
  async intercept(context: ExecutionContext, next: CallHandler) {
    const session = await this.connection.startSession();
    return next.handle().finally(() => session.endSession());
  }
}
