import { Controller, Get } from "@nestjs/common";
import { HealthCheck, HealthCheckService } from "@nestjs/terminus";
import { DatabaseHealth } from "./database.health";
@Controller("health")
export class HealthController {
  constructor(private readonly health: HealthCheckService, private readonly database: DatabaseHealth) {}
  @Get()
  @HealthCheck()
  check() { return this.health.check([() => this.database.isHealthy("db")]); }
}
