const nodemailer = require('nodemailer');

class Mail {
  get transport() {
    if (!this.made) this.made = nodemailer.createTransport({ host: process.env.SMTP_HOST });
    return this.made;
  }

  send(message) {
    return this.transport.sendMail(message);
  }
}

module.exports = new Mail();
