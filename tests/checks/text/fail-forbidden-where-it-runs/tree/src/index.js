const express = require('express');
require('./secret');
express().listen(3000);
