import * as Joi from 'joi';

export const settings = Joi.object({
  ADMIN_HOSTS: Joi.string().required(),
});
