import path from 'path';
for (const name of ['limits']) require(path.join(__dirname, name));
