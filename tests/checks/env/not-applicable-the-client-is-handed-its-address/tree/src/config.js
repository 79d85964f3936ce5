exports.url = 'file:./dev.db';
