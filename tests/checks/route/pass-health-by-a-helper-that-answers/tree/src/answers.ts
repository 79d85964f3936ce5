export const good = (response) => response.status(200).json({});
export const fail = (response) => response.status(503).json({});
