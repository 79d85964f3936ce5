const nodemailer = require('nodemailer');
const transport = nodemailer.createTransport({ host: process.env.SMTP });
exports.send = async (o) => { await transport.sendMail(o); };
exports.sendWelcome = async (to) => { await this.send({ to }); };
