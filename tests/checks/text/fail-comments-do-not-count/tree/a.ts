// migrate deploy
/* migrate deploy */
export const a = 1; // migrate deploy
