export const total = (one: number, other: number) => one + other;
