export const controllers = (...all) => all.map((One) => new One());
