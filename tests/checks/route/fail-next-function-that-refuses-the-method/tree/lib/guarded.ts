export const guarded = (handler) => async (req, res) => (req.headers.authorization ? handler(req, res) : res.status(401).end());
