const path = require('path');
for (const name of ['mock']) require(path.join(__dirname, name));
