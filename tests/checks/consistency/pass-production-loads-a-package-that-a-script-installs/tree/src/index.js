const express = require('express');
const mime = require('mime-types');
const a = require('./a');
let fast;
try {
  fast = require('fast-thing');
} catch {
  fast = null;
}
const later = () => require('lazy-thing');
express().get('/', (req, res) => res.json([a, fast, later, mime]));
