import fc from 'fast-check';
import { expect, it } from 'vitest';
import { absentObject } from '../../models/object.ts';
import { ObjectStore } from '../../src/repository/index.ts';
import { keys, type Real } from './object-command.ts';
import { histories } from './object-store-commands.ts';
import { machineAt } from '../../test/support/set-clock.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';

it('does with two objects what the model does, whatever the order of commands', async () => {
  const property = fc.asyncProperty(histories, async (commands) => {
    const startMs = 1_800_000_000_000;
    const clock = { nowMs: startMs };
    const store = new ObjectStore({
      gitDirectory: temporaryDirectory(),
      isBare: true,
      system: machineAt(() => clock.nowMs),
    });
    const real: Real = { store, clock, deposits: new Map(), locks: new Map() };
    const objects = keys.map(() => absentObject());
    try {
      await fc.asyncModelRun(() => ({ model: { objects, nowMs: startMs }, real }), commands);
    } finally {
      for (const deposit of real.deposits.values()) await deposit.abandon('delete');
      for (const lock of [...real.locks.values()].flat()) await lock.release();
    }
  });

  const run = await fc.check(property, { seed: 20_250_416, numRuns: 150 });
  expect(run.failed ? fc.defaultReportMessage(run) : 'as the model').toBe('as the model');
});
