import { defineConfig } from 'vite';
import { cards } from './build/cards-plugin.js';

/**
 * Builds the page into `dist/page`, so that it runs under `default-src 'none'; script-src 'self'; style-src 'self';
 * img-src 'self'`.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [cards(new URL('../../../', import.meta.url))],
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    // Inlined assets would be data: addresses, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      // "use client" in libraries is for servers that render pages; here is none.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
