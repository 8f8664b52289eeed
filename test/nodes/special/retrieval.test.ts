import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Retrieval } from '../../../src/nodes/special/external/retrieval.ts';
import { PassingFiles } from '../../../src/nodes/special/files/passing-files.ts';
import { PassingSpace } from '../../../src/nodes/special/files/passing-space.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

it('a content that a program breaks off gives what came of it, and then why no more does', async () => {
  const annexDirectory = temporaryDirectory();
  const space = new PassingSpace({ annexDirectory, system: thisMachine, reserveBytes: 0 });
  const files = new PassingFiles('external', imaginaryUuid(1), space);
  const piece = sha256Key(Buffer.from('0123456789'));
  const place = await files.begin(piece, 10);
  let breakOff: ((why: Error) => void) | undefined;
  const broken = new Promise<never>((_, reject) => {
    breakOff = reject;
  });
  const retrieval = new Retrieval({
    piece,
    files,
    place,
    programs: {
      ask: (request) => {
        writeFileSync(files.pathOf(piece, place), '01234');
        request.progress?.(5);
        return broken;
      },
    },
    isOrdered: true,
    claimedBytes: 10,
  });
  const bytes = retrieval.stream(0)[Symbol.asyncIterator]();

  expect((await bytes.next()).value).toEqual(Buffer.from('01234'));
  const more = bytes.next();
  breakOff?.(new Error('the program broke off'));

  await expect(more).rejects.toThrow('broke off');
});
