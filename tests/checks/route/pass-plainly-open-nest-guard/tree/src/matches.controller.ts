import { Controller, Delete, Param } from "@nestjs/common";
import { MatchesService } from "./matches.service";

@Controller("matches")
export class MatchesController {
  constructor(private readonly matches: MatchesService) {}

  @Delete(":id")
  drop(@Param("id") id: string) {
    return this.matches.drop(id);
  }
}
