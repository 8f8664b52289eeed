import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { IntentBook } from '../../../src/gateway/intents/index.ts';
import { annexModes, ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { uuidOf } from '../../support/branch.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { newContent, until } from '../annex-requests.ts';

it('says that notes can be written again, though nobody asks for one', async () => {
  const annexDirectory = temporaryDirectory();
  writeFileSync(`${annexDirectory}/ballast`, 'in the way');
  const told: unknown[] = [];
  const book = new IntentBook({
    annexDirectory,
    modes: annexModes(undefined, 0o022),
    disk: ownDisk,
    system: thisMachine,
    doubted: () => undefined,
    written: (failure) => told.push(failure),
  });
  const node = uuidOf('7d1fc0f8-2b1f-4f4e-9a0c-1d2f3a4b5c6d');
  const noted = book.note({ act: 'store', node, key: newContent().key });
  await expect(noted.durable).rejects.toThrow(/EEXIST|ENOTDIR/);
  await until(() => told.length > 2, 'further trials');
  expect(told).not.toContain(undefined);

  rmSync(`${annexDirectory}/ballast`);
  await until(() => told.includes(undefined), 'the news');

  expect(told.at(-1)).toBeUndefined();
  await book.close();
});

it('tries nothing more once it is closed, also when an act ends later', async () => {
  const annexDirectory = temporaryDirectory();
  writeFileSync(`${annexDirectory}/ballast`, 'in the way');
  const clock = new SimulatedClock();
  const book = new IntentBook({
    annexDirectory,
    modes: annexModes(undefined, 0o022),
    disk: ownDisk,
    system: { ...thisMachine, clock },
    doubted: () => undefined,
  });
  const node = uuidOf('7d1fc0f8-2b1f-4f4e-9a0c-1d2f3a4b5c6d');
  const noted = book.note({ act: 'store', node, key: newContent().key });
  const late = book.note({ act: 'store', node, key: newContent().key });
  const closed = book.close();
  await expect(noted.durable).rejects.toThrow(/EEXIST|ENOTDIR/);
  await expect(late.durable).rejects.toThrow(/EEXIST|ENOTDIR/);
  await closed;
  late.forget();

  expect(clock.timers).toBe(0);
});
