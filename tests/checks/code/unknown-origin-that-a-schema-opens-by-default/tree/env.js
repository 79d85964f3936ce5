const { z } = require('zod');
module.exports = z.object({ ORIGIN: z.string().default('*') }).parse(process.env);
