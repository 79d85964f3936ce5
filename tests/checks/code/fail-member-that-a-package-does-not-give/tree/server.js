const nodemailer = require('nodemailer');
const transport = nodemailer.createTransporter({ host: process.env.SMTP_HOST });
transport.sendMail({ to: process.env.TO });
