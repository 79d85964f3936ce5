const express = require('express');
const a = require('a-thing');
const b = require('b-thing');
express().get('/', (req, res) => res.json([a, b]));
