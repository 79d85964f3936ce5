export const auth = require('express').Router();
