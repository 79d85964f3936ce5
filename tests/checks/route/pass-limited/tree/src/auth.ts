import { Router } from 'express';
import { strict } from './limits';
const router = Router();
router.post('/login', strict, (q, r) => login(q, r));
export default router;
