import * as Joi from 'joi';

export const schema = Joi.object({
  DATABASE_URL: Joi.string().required(),
  ADMIN_HOSTS: Joi.string().allow('').optional(),
});
