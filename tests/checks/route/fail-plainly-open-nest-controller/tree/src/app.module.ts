import { Module } from "@nestjs/common";
import { MatchesController } from "./matches.controller";
import { MatchesService } from "./matches.service";
import { SessionsController } from "./sessions.controller";

@Module({ controllers: [MatchesController, SessionsController], providers: [MatchesService] })
export class AppModule {}
