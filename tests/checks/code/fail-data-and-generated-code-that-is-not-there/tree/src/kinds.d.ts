export type Kind = object;
