export * from "@prisma/client";
