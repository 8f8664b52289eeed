import { defineConfig } from 'vitest/config';

/** Rooms that only compute: their tests leave nothing behind, and need no process each. */
const pure = '{expression,key,placement,protocol,report,shapes,simulation,stream,units}';
const pureTests = [`test/${pure}/**/*.test.ts`, `properties/${pure}/**/*.test.ts`];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'pure', include: pureTests, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
          exclude: pureTests,
        },
      },
    ],
  },
});
