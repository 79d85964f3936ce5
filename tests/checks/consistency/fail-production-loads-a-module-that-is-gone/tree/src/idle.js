require('./nobody-loads-me');
