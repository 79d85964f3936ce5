import { PrismaClient } from '@prisma/client';

class Database {
  private static instance: PrismaClient | null = null;
  static client(): PrismaClient {
    if (!Database.instance) {
      Database.instance = new PrismaClient({});
    }
    return Database.instance;
  }
  static async check(): Promise<boolean> {
    try {
      await Database.client().$queryRaw`SELECT 1`;
      return true;
    } catch {
      return false;
    }
  }
}
export const check = Database.check;
