import * as Joi from 'joi';

export const settings = Joi.object({
  DATABASE_URL: Joi.string().required(),
  ADMIN_HOSTS: Joi.string().optional(),
});
