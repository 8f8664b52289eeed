import { expect, it } from 'vitest';
import { Annex, AnnexWorlds } from '../../src/annex/index.ts';
import { serializeKey } from '../../src/key/index.ts';
import {
  setDescription,
  setMaxsize,
  setPreferredContent,
  stampOf,
} from '../../src/repository/index.ts';
import { annexRepository, imaginaryUuid, presence, withBranch } from '../support/branch.ts';
import { keyOf } from '../support/objects.ts';

// Spec/expressions.md section 12.3: of one that is neither described nor has a key nothing is known.
it('a repository has a known size when it is described or has a key, and not for having settings', async () => {
  const directory = annexRepository();
  const described = imaginaryUuid(1);
  const holding = imaginaryUuid(2);
  const merelySet = imaginaryUuid(3);
  const key = keyOf('WORM-s7--x');
  await withBranch(directory, async (branch) => {
    const now = stampOf(Date.now());
    await branch.change([
      {
        path: 'uuid.log',
        edit: (text) => setDescription(text, { subject: described, value: 'd', now }),
      },
      ...[described, holding, merelySet].map((uuid) => ({
        path: 'maxsize.log',
        edit: (text: string) => setMaxsize(text, { uuid, maxsizeBytes: 9n, now }),
      })),
      {
        path: 'preferred-content.log',
        edit: (text) =>
          setPreferredContent(text, { subject: holding, value: 'balanced=backup', now }),
      },
      presence(serializeKey(key), holding),
    ]);
  });
  const annex = await Annex.open(directory);
  try {
    const configuration = await annex.configuration();
    const worlds = await AnnexWorlds.open(annex, { configuration, asked: [holding] });
    const world = await worlds.of({ key, keyText: serializeKey(key), file: undefined });
    expect([described, holding, merelySet].map(world.sizeBytes)).toEqual([0n, 7n, undefined]);
  } finally {
    await annex.close();
  }
});
