import { Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
@Injectable()
export class Guard extends ThrottlerGuard {
  protected async getTracker(request: Record<string, any>) { return request.ip; }
}
