/**
 * Clones loop `git annex get .` and `git annex drop .` against `ballast serve --jobs 2` for some
 * minutes: whether anything stalls or fails, and what the server holds before and after.
 *
 *     node --no-warnings bench/drop-get-loop.ts [MINUTES=30] [CLONES=4]
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitEnvironment } from '../test/support/git-annex.ts';
import { serveProgram } from '../test/support/program-server.ts';
import { DropGetLoop, type Held } from './drop-get.ts';

const [minutes = 30, clones = 4] = process.argv.slice(2).map(Number);
const loop = new DropGetLoop(mkdtempSync(join(tmpdir(), 'ballast-loop-')), gitEnvironment);
await loop.makeRepository();
const server = await serveProgram(loop.repository, '--wideopen', '--jobs', '2');
try {
  await loop.makeClones(server, clones);
  console.log(`${clones} clones, ${minutes} minutes, in ${loop.repository}`);
  await loop.run(0);
  tell('after one round', loop.held(server));
  const rounds = await loop.run(minutes * 60_000);
  for (const [i, { commands, slowestMs }] of rounds.entries()) {
    console.log(`clone ${i}: ${commands} commands, the slowest ${Math.round(slowestMs)} ms`);
  }
  tell('at the end', loop.held(server));
  console.log('no command failed or stalled');
} finally {
  console.log(`the server ended with ${await server.stop()}`);
}

function tell(when: string, { descriptors, residentKiB, leftovers }: Held): void {
  console.log(
    `${when}: ${descriptors} descriptors, ${residentKiB} KiB resident, ` +
      `${leftovers.length} lock and temporary files`,
  );
}
