export let made: any;
export const make = () => made;
