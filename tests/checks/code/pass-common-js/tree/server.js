const express = require('express');
const { secure } = require('./security');
const app = express();
secure(app);
