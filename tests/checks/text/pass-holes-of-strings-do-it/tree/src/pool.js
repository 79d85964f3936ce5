const address = `${process.env.DATABASE_URL}?sslmode=require`;
exports.pool = connect({ address, other: process.env['DATABASE_URL'] });
