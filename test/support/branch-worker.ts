/**
 * A process of its own that writes to a git-annex branch, to be killed or watched by a test.
 * Arguments: the repository, a prefix for key names, a UUID, how many keys (0: until killed).
 * Says the number of each key when it is durable.
 */
import { writeSync } from 'node:fs';
import { AnnexBranch } from '../../src/repository/index.ts';
import { presence, uuidOf } from './presence.ts';

const [directory = '', prefix = '', uuid = '', count = '0'] = process.argv.slice(2);
const branch = await AnnexBranch.open(directory);
const keysMax = Number(count) || Infinity;
const atOnce = 4;

for (let first = 0; first < keysMax; first += atOnce) {
  const numbers = Array.from({ length: Math.min(atOnce, keysMax - first) }, (_, i) => first + i);
  await Promise.all(
    numbers.map(async (number) => {
      await branch.change([presence(`WORM-s1--${prefix}${number}`, uuidOf(uuid))]);
      writeSync(1, `${number}\n`);
    }),
  );
}
await branch.close();
