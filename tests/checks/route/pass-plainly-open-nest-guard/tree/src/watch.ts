import { CanActivate, ExecutionContext, Injectable } from "@nestjs/common";

@Injectable()
export class Watch implements CanActivate {
  canActivate(context: ExecutionContext) {
    return context.switchToHttp().getRequest().session?.name === "ada";
  }
}
