import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
@Injectable()
export class Mails { send() { return createTransport({}).sendMail({}); } }
