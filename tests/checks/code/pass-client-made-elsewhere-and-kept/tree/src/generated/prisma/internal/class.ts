export function getPrismaClientClass(): any { return make(); }
declare function make(): any;
