declare const A: string;
