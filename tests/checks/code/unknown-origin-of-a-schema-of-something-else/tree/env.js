const { z } = require('zod');
module.exports = z.object({ ORIGIN: z.string() }).parse(JSON.parse(require('fs').readFileSync('env.json', 'utf8')));
