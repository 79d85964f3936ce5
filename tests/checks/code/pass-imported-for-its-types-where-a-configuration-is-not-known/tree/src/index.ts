import { Event } from './errors';
export const name = (event: Event) => event.name;
console.log(name({ name: 'a' }));
