const winston = require('winston');
const { settings } = require('./settings');
const logger = winston.createLogger({ level: settings.level });
logger.info('up');
