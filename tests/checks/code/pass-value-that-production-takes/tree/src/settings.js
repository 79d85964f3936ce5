const isProduction = process.env.NODE_ENV === 'production';
exports.settings = isProduction ? { level: 'info' } : { level: 'debug' };
