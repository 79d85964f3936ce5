import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule, TypeOrmHealthIndicator } from '@nestjs/terminus';
@Controller('health')
class Health {
  constructor(private health: HealthCheckService, private db: TypeOrmHealthIndicator) {}
  @Get() @HealthCheck() check() { return this.health.check([() => this.db.pingCheck('db')]); }
}
@Module({ imports: [TerminusModule], controllers: [Health] })
export class AppModule {}
