import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A path, not the URL's own text: that would spell a space in it as %20.
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['ts/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
