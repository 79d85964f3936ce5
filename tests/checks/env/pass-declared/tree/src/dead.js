use(process.env.NOT_READ_ANYWHERE);
