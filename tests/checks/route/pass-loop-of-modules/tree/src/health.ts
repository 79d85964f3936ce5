import { Router } from 'express';
export const router = Router();
router.get('/health', (q, r) => r.send('ok'));
