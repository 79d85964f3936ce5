const fs = require('fs');
const prisma = require('@prisma/client');
const sdk = require('facebook-nodejs-business-sdk');
module.exports = { fs, prisma, sdk };
const agent = process.env.AGENT && require('an-agent-of-nobody');
const trace = process.env.TRACE ? require('a-trace-of-nobody') : null;
