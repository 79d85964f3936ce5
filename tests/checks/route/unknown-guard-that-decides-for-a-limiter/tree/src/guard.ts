import { ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
@Injectable()
export class Guard extends ThrottlerGuard {
  async canActivate(context: ExecutionContext) { return process.env.FAST ? true : super.canActivate(context); }
}
