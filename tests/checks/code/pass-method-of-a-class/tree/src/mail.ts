import nodemailer from 'nodemailer';
class Mailer {
  private transport: nodemailer.Transporter | null = null;
  constructor() { this.open(); }
  private open() { this.transport = nodemailer.createTransport({}); }
  async welcome(to: string) { await this.transport.sendMail({ to }); }
}
export const mailer = new Mailer();
