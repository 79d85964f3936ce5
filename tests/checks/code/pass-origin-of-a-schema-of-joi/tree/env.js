const Joi = require('joi');
const { value, error } = Joi.object({ ORIGIN: Joi.string().uri().required() }).unknown().validate(process.env);
if (error) throw error;
module.exports = value;
