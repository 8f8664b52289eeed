import { expect, it } from 'vitest';
import { Disk } from '../../src/repository/files/disk.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What a disk says when asked so many times in a row. */
async function answers(
  disk: Disk,
  times: number,
  inLine = (): string => 'in line',
): Promise<string[]> {
  const said: string[] = [];
  for (let i = 0; i < times; i += 1) {
    said.push(await disk.ask(inLine, () => Promise.resolve('aside')));
  }
  return said;
}

async function untilInLine(disk: Disk): Promise<void> {
  while ((await answers(disk, 1))[0] !== 'in line') {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

it('asks aside until it knows that the disk is a local one', async () => {
  const disk = new Disk(temporaryDirectory());

  const first = await answers(disk, 1);
  await untilInLine(disk);

  expect(first).toEqual(['aside']);
});

it('asks aside for as long as its directory is on no local disk', async () => {
  const disk = new Disk('/proc');

  await answers(disk, 1);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });

  expect(new Set(await answers(disk, 300))).toEqual(new Set(['aside']));
});

it('asks aside for a while after an answer that was slow, an error too', async () => {
  const disk = new Disk(temporaryDirectory());
  await untilInLine(disk);
  const slowly = (): never => {
    for (const startMs = performance.now(); performance.now() - startMs < 10; );
    throw new Error('slow');
  };

  await expect(answers(disk, 1, slowly)).rejects.toThrow('slow');

  expect(new Set(await answers(disk, 200))).toEqual(new Set(['aside']));
});
