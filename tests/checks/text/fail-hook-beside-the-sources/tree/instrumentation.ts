export const onRequestError = (error) => send(error);
