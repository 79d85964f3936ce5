const { z } = require('zod');
const schema = z.object({ ORIGIN: z.string().default('https://shop.example') });
let env;
try {
  env = schema.parse(process.env);
} catch (error) {
  process.exit(1);
}
module.exports = env;
