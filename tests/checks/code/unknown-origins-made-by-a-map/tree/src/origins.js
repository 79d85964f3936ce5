export const origins = (process.env.ORIGINS || 'http://localhost').split(',').map((one) => new RegExp(one));
