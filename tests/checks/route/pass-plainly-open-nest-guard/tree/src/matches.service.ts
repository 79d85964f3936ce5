import { Injectable } from "@nestjs/common";
import { InjectRepository } from "@nestjs/typeorm";
import { Match } from "./match.entity";

@Injectable()
export class MatchesService {
  constructor(@InjectRepository(Match) private readonly matches) {}

  drop(id: string) {
    return this.matches.delete(id);
  }
}
