const express = require('express');
const request = require('supertest');
const { hash } = require('../src/hash');
const app = express();
app.post('/login', (req, res) => res.json({ word: hash(req.body.word) }));
test('in', async () => expect((await request(app).post('/login')).status).toBe(200));
