import { Router } from 'express';
const router = Router();
router.post('/login', (q, r) => login(q, r));
export default router;
