import { defineConfig } from 'vite';
export default defineConfig({ server: { port: 3006, hmr: { port: 3007 } } });
