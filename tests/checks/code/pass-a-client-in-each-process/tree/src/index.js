require('./a').find();
