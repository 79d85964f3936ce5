const nodemailer = require('nodemailer');
const transport = nodemailer.createTransport({ host: process.env.SMTP_HOST });
transport.sendMail({ to: process.env.TO });
