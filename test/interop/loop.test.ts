import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isLong } from '../support/long.ts';
import { DropGetLoop, stallMs } from '../../bench/drop-get.ts';
import { gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { serveProgram, type ProgramServer } from '../support/program-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** How long the clones loop, seconds; more by BALLAST_LOOP_SECONDS. */
const seconds = Number(process.env['BALLAST_LOOP_SECONDS'] ?? 5);

/** A working heap grows and shrinks; what leaked in every round would be beyond it. */
const growthKiBMax = 120_000;

describe.skipIf(!hasGitAnnex || !isLong)(
  'two clones that get and drop forty files over and over',
  () => {
    const loop = new DropGetLoop(temporaryDirectory(), gitEnvironment);
    let server: ProgramServer;
    beforeAll(async () => {
      await loop.makeRepository();
      server = await serveProgram(loop.repository, '--wideopen', '--jobs', '2');
      await loop.makeClones(server, 2);
    }, 300_000);
    afterAll(() => server.kill());

    it(
      'never stall or fail, and leave nothing behind in the server',
      async () => {
        await loop.run(0); // one round each, so that all is open that stays open
        const before = loop.held(server);

        const rounds = await loop.run(seconds * 1000);

        expect(rounds).toHaveLength(2);
        for (const { slowestMs } of rounds) expect(slowestMs).toBeLessThan(stallMs);
        // The last client does not wait for the answer that its lock has ended, nor for the
        // connection's end.
        await vi.waitFor(() => {
          const { leftovers, descriptors } = loop.held(server);
          expect(leftovers).toEqual([]);
          expect(descriptors).toBeLessThanOrEqual(before.descriptors);
        }, 30_000);
        expect(loop.held(server).residentKiB).toBeLessThan(before.residentKiB + growthKiBMax);
        expect(await server.stop()).toBe(0);
      },
      seconds * 1000 + 2 * stallMs,
    );
  },
);
