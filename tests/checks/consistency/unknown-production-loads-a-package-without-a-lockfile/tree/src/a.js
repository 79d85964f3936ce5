const fs = require('fs');
const prisma = require('@prisma/client');
const sdk = require('facebook-nodejs-business-sdk');
module.exports = { fs, prisma, sdk };
