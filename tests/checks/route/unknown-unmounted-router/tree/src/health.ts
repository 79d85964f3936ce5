import { Router } from 'express';
export const router = Router();
router.get('/', (q, r) => r.send('ok'));
