import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

export class EitherStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromExtractors([(request) => request?.cookies?.Token, ExtractJwt.fromAuthHeaderAsBearerToken()]),
      secretOrKey: process.env.JWT_SECRET,
    });
  }
}
