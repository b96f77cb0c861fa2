import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  // The oldest web view that knows `light-dark()` and `:popover-open`.
  build: { target: ['es2022', 'safari17.5'], cssTarget: ['safari17.5'], modulePreload: { polyfill: false } },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test-setup.ts'],
    // No test measures time: this only ends one that hangs, also on a busy machine.
    testTimeout: 120_000,
  },
});
