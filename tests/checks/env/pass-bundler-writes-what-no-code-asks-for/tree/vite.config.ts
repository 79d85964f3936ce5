import { defineConfig } from "vite";
export default defineConfig({ define: { "process.env.JWT_SECRET": JSON.stringify(process.env.JWT_SECRET), "process.env.APP_URL": "1" } });
