require('dead-thing');
