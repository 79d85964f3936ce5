import { Router } from 'express';
export const router = Router();
router.get('/healthz', (q, r) => r.send('ok'));
