import { svelte } from '@sveltejs/vite-plugin-svelte';
import { definedOnFrozen } from './frozen.ts';
import { defineConfig } from 'vitest/config';

type Info = { isEntry: boolean; importers: readonly string[] } | null;

/** Whether the page cannot begin without a module. */
function isNeededFirst(id: string, infoOf: (id: string) => Info, seen = new Set<string>()): boolean {
  const info = infoOf(id);
  if (!info || seen.has(id)) return false;
  seen.add(id);
  return info.isEntry || info.importers.some((importer) => isNeededFirst(importer, infoOf, seen));
}

export default defineConfig({
  plugins: [definedOnFrozen(), svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  // The oldest web view that knows `light-dark()` and `:popover-open`.
  build: {
    target: ['es2022', 'safari17.5'],
    cssTarget: ['safari17.5'],
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // One file before the first picture, however many windows share its parts: each file is a request.
        codeSplitting: {
          groups: [
            {
              debugName: 'first',
              name: (id, graph) => (isNeededFirst(id, (one) => graph.getModuleInfo(one)) ? 'first' : null),
            },
          ],
        },
      },
    },
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test-setup.ts'],
    // No test measures time: this only ends one that hangs, also on a busy machine.
    testTimeout: 120_000,
  },
});
