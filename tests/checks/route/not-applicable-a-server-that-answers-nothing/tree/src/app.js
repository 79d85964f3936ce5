import { createServer } from 'node:http';
import express from 'express';
import cors from 'cors';
import { Server } from 'socket.io';

const app = express();
app.use(express.json());
app.use(cors({ origin: ['https://example.com'] }));
const http = createServer(app);
const io = new Server(http, { cors: { origin: 'https://example.com' } });
io.on('connection', (socket) => socket.on('say', (words) => socket.broadcast.emit('said', words)));
http.listen(process.env.PORT);
