import { format } from "./format";

export const log = (text: string) => console.log(format(text));
