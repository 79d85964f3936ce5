require('./b').find();
