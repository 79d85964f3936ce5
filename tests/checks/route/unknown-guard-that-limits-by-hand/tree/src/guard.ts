import { CanActivate, ExecutionContext, HttpException, HttpStatus, Injectable } from '@nestjs/common';
const seen = new Map<string, number>();
@Injectable()
export class Guard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const { ip } = context.switchToHttp().getRequest();
    seen.set(ip, (seen.get(ip) ?? 0) + 1);
    if (seen.get(ip) > 100) throw new HttpException('later', HttpStatus.TOO_MANY_REQUESTS);
    return true;
  }
}
