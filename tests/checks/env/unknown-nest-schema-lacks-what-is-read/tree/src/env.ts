import * as Joi from 'joi';

export const schema = Joi.object({
  ADMIN_HOSTS: Joi.string().allow('').optional(),
});

export const database = Joi.object({
  DATABASE_URL: Joi.string().required(),
});
