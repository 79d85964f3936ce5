import { prisma } from './db';
class Users {
  remove(id: string) {
    return prisma.user.delete({ where: { id } });
  }
}
export const users = new Users();
