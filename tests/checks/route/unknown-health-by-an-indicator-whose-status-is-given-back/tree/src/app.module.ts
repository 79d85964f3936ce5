import { Module } from "@nestjs/common";
import { TerminusModule } from "@nestjs/terminus";
import { HealthController } from "./health.controller";
import { DatabaseHealth } from "./database.health";
import { PrismaService } from "./prisma.service";
@Module({ imports: [TerminusModule], controllers: [HealthController], providers: [DatabaseHealth, PrismaService] })
export class AppModule {}
