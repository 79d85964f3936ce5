import { guarded } from '../../lib/guarded';

export default guarded(async (req, res) => {
  switch (req.method) {
    case 'GET':
      return res.json(await fetch('https://accounts.example'));
    default:
      res.setHeader('Allow', 'GET');
      return res.status(405).end();
  }
});
