const { z } = require('zod');
const schema = z.object({ ORIGIN: z.string().url() }).strict();
const env = schema.parse(process.env);
module.exports = env;
