const { z } = require('zod');
module.exports = z.object({ PORT: z.string() }).parse(process.env);
