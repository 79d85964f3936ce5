import { Injectable } from "@nestjs/common";
import { HealthCheckError, HealthIndicator } from "@nestjs/terminus";
import { PrismaService } from "./prisma.service";
@Injectable()
export class DatabaseHealth extends HealthIndicator {
  constructor(private readonly prisma: PrismaService) { super(); }
  async isHealthy(key: string) {
    try {
      await this.prisma.$queryRaw`SELECT 1`;
      return this.getStatus(key, true);
    } catch (error) {
      return this.getStatus(key, false);
    }
  }
}
