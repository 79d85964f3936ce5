import { Module } from "@nestjs/common";
import { APP_INTERCEPTOR } from "@nestjs/core";
import { CacheInterceptor, CacheModule } from "@nestjs/cache-manager";
import { TerminusModule } from "@nestjs/terminus";
import { HealthController } from "./health.controller";
import { DatabaseHealth } from "./database.health";
import { PrismaService } from "./prisma.service";
@Module({ imports: [CacheModule.register(), TerminusModule], controllers: [HealthController], providers: [{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }, DatabaseHealth, PrismaService] })
export class AppModule {}
