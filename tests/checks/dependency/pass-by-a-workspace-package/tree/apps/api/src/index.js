import { orders } from "@shop/orders";
orders();
