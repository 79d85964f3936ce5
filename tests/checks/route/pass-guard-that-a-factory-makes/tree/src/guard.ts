import { ThrottlerGuard } from '@nestjs/throttler';
export class Guard extends ThrottlerGuard {}
