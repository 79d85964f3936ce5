import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common';
@Injectable()
export class Guard implements CanActivate {
  constructor(@Inject('LIMITS') private readonly limits: any) {}
  async canActivate(context: ExecutionContext) { return this.limits.take(context.switchToHttp().getRequest().ip); }
}
