export const open = (then) => then(globalThis[process.env.SERVER]);
