require('./a').find();
require('./b').find();
