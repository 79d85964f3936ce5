import { mailer } from './mail';
mailer.welcome('a@b.c');
