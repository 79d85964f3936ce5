export class PrismaClient { $queryRawUnsafe(text: string) { return text; } }
