const { z } = require('zod');
const parsed = z.object({ ORIGIN: z.string().transform((text) => text.split(',')) }).safeParse(process.env);
if (!parsed.success) throw parsed.error;
module.exports = { ORIGIN: parsed.data.ORIGIN };
