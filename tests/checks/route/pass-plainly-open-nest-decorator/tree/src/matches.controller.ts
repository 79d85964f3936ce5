import { Controller, Delete, Param } from "@nestjs/common";
import { Staff } from "./staff";
import { MatchesService } from "./matches.service";

@Controller("matches")
export class MatchesController {
  constructor(private readonly matches: MatchesService) {}

  @Staff()
  @Delete(":id")
  drop(@Param("id") id: string) {
    return this.matches.drop(id);
  }
}
