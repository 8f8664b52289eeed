import { expect, it } from 'vitest';
import { Glance } from '../../src/repository/files/glance.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What a glance says when asked so many times in a row. */
async function answers(
  glance: Glance,
  times: number,
  inLine = (): string => 'in line',
): Promise<string[]> {
  const said: string[] = [];
  for (let i = 0; i < times; i += 1) {
    said.push(await glance.ask(inLine, () => Promise.resolve('aside')));
  }
  return said;
}

async function untilInLine(glance: Glance): Promise<void> {
  while ((await answers(glance, 1))[0] !== 'in line') {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

it('asks aside until it knows that the disk is a local one', async () => {
  const glance = new Glance(temporaryDirectory());

  const first = await answers(glance, 1);
  await untilInLine(glance);

  expect(first).toEqual(['aside']);
});

it('asks aside for as long as its directory is on no local disk', async () => {
  const glance = new Glance('/proc');

  await answers(glance, 1);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });

  expect(new Set(await answers(glance, 300))).toEqual(new Set(['aside']));
});

it('asks aside for a while after an answer that was slow, an error too', async () => {
  const glance = new Glance(temporaryDirectory());
  await untilInLine(glance);
  const slowly = (): never => {
    for (const startMs = performance.now(); performance.now() - startMs < 10; );
    throw new Error('slow');
  };

  await expect(answers(glance, 1, slowly)).rejects.toThrow('slow');

  expect(new Set(await answers(glance, 200))).toEqual(new Set(['aside']));
});
