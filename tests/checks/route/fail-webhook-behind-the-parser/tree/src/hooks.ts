import express, { Router } from 'express';
const router = Router();
router.post('/stripe', express.raw({ type: '*/*' }), (q, r) => verify(q, r));
export default router;
