import { defineConfig } from 'vitest/config';

/** Hours of kills, power cuts, loops and hostile requests: one file at a time, none of them in a hurry. */
export default defineConfig({
  test: {
    include: [
      'test/long/**/*.long.ts',
      'test/interop/*.test.ts',
      'test/repair/*.test.ts',
      'test/s3/*.test.ts',
      'test/special/*.test.ts',
      'test/nodes/special/*.test.ts',
      'test/nodes/special/export/*.test.ts',
      'test/cli/sim/state.test.ts',
      'test/gateway/exports/exporter.test.ts',
      'test/gateway/pushes/forgetting.test.ts',
      'test/key/calckey.test.ts',
      'test/repository/*-git-annex.test.ts',
      'test/repository/*-crash.test.ts',
      'properties/placement/pick.test.ts',
      'properties/repository/repository-sizes.test.ts',
    ],
    env: { BALLAST_LONG: '1', BALLAST_LOOP_SECONDS: process.env['BALLAST_LOOP_SECONDS'] ?? '600' },
    testTimeout: 4 * 3_600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
