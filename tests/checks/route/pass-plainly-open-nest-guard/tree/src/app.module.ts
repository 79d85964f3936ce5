import { Module } from "@nestjs/common";
import { MatchesController } from "./matches.controller";
import { MatchesService } from "./matches.service";
import { SessionsController } from "./sessions.controller";
import { APP_GUARD } from "@nestjs/core";
import { Watch } from "./watch";

@Module({
  controllers: [MatchesController, SessionsController],
  providers: [MatchesService, { provide: APP_GUARD, useClass: Watch }],
})
export class AppModule {}
