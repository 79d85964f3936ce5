import { Injectable, NestMiddleware } from '@nestjs/common';
@Injectable()
export class Guard implements NestMiddleware {
  use(request, response, next) { response.setHeader('x-request-id', '1'); next(); }
}
