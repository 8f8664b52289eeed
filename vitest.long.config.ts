import { defineConfig } from 'vitest/config';

/** Hours of kills, power cuts and hostile requests: one file at a time, none of them in a hurry. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.long.ts'],
    testTimeout: 4 * 3_600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
