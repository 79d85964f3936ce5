export const reset = () => {};
