export const mail = (token: string) => send(`${process.env.FRONTEND_URL}/verify-email?token=${token}`);
