export { orders } from "@shop/database";
