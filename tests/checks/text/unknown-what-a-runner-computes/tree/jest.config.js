module.exports = { testMatch: [`**/${process.env.KIND}/**/*.test.js`] };
