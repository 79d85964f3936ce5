import { Injectable } from "@nestjs/common";
import { HealthIndicatorService } from "@nestjs/terminus";
import { PrismaService } from "./prisma.service";
@Injectable()
export class DatabaseHealth {
  constructor(private readonly prisma: PrismaService, private readonly indicators: HealthIndicatorService) {}
  async isHealthy(key: string) {
    const indicator = this.indicators.check(key);
    try {
      await this.prisma.$queryRaw`SELECT 1`;
      return indicator.up();
    } catch (error) {
      return indicator.down({ message: "gone" });
    }
  }
}
