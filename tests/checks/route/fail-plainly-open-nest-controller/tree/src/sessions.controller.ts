import { Body, Controller, Post, UnauthorizedException } from "@nestjs/common";

@Controller("login")
export class SessionsController {
  @Post()
  login(@Body() body: { name: string }) {
    if (body.name !== "ada") throw new UnauthorizedException();
    return { ok: true };
  }
}
