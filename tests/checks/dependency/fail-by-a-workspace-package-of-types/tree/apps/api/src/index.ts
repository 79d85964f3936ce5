import type { Orders } from "@shop/orders";
export const none: Orders[] = [];
