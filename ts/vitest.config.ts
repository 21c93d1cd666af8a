import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

import { softwareAdapterEnvironment } from './test/support/software-adapter.js';

// Before any process is forked: a driver reads the environment that its process was started with.
Object.assign(process.env, softwareAdapterEnvironment());

export default defineConfig({
  test: {
    // A path, not the URL's own text: that would spell a space in it as %20.
    root: fileURLToPath(new URL('..', import.meta.url)),
    // The tools are plain JavaScript, and so are their tests.
    include: ['ts/test/**/*.test.ts', 'ts/test/tools/**/*.test.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['dist/**/*.js'],
      // Other threads, processes and the browser run these; tests start them, but their lines are not counted.
      exclude: [
        'dist/cli/**',
        'dist/market/feed-worker.js',
        'dist/gpu/gpu-worker.js',
        'dist/engine/report/report-page.js',
      ],
      reporter: ['text', 'text-summary'],
      reportOnFailure: true,
      thresholds: { lines: 95 },
    },
  },
});
