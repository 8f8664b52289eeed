import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Of what takes long to make and is the same for many tests: see test/support/templates.ts. */
const templates = mkdtempSync(join(tmpdir(), 'ballast-templates-'));
process.once('exit', () => rmSync(templates, { recursive: true, force: true }));

/** Rooms that only compute: their tests leave nothing behind, and need no process each. */
const pure = '{expression,key,placement,protocol,report,shapes,simulation,stream,units}';
const pureTests = [`test/${pure}/**/*.test.ts`, `properties/${pure}/**/*.test.ts`];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    env: { BALLAST_TEST_TEMPLATES: templates },
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
