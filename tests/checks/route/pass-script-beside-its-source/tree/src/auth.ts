import { Router } from 'express';
const router = Router();
router.post('/login', async (request, response) => response.json(await fetch('http://accounts')));
export default router;
