import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// No inline scripts or styles and no data: URLs of code, so that the server's Content-Security-Policy needs no exception.
// biome-ignore lint/style/noDefaultExport: Vite wants it.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: {
    outDir: '../dist/dashboards',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
