import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { OpenAnnex, AnnexWorlds } from '../../src/annex/index.ts';
import { serializeKey } from '../../src/key/index.ts';
import type { Item, World } from '../../src/placement/index.ts';
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
  const annex = await OpenAnnex.open(directory);
  try {
    const configuration = await annex.configuration();
    const worlds = await AnnexWorlds.open(annex, { configuration, asked: [holding] });
    const [world] = await worldsOf(worlds, [
      [{ key, keyText: serializeKey(key), file: undefined }],
    ]);
    expect([described, holding, merelySet].map((uuid) => world?.sizeBytes(uuid))).toEqual([
      0n,
      7n,
      undefined,
    ]);
  } finally {
    await annex.close();
  }
});

it('each file has its own attributes, among contents without a file and however many there are', async () => {
  const directory = annexRepository();
  writeFileSync(join(directory, '.gitattributes'), '*.three annex.numcopies=3 annex.mincopies=2\n');
  const uuid = imaginaryUuid(1);
  await withBranch(directory, async (branch) => {
    const now = stampOf(Date.now());
    await branch.change([
      {
        path: 'preferred-content.log',
        edit: (text) => setPreferredContent(text, { subject: uuid, value: 'lackingcopies=1', now }),
      },
    ]);
  });
  const key = keyOf('WORM-s7--x');
  const itemAt = (place: number): Item => {
    const file = place % 3 === 0 ? undefined : `${place}${place % 3 === 1 ? '.three' : ''}`;
    return { key, keyText: `${place}`, file };
  };
  const items = Array.from({ length: 700 }, (_, place) => itemAt(place));
  const annex = await OpenAnnex.open(directory);
  try {
    const configuration = await annex.configuration();
    const worlds = await AnnexWorlds.open(annex, { configuration, asked: [uuid] });
    const found = await worldsOf(worlds, [items.slice(0, 1), items.slice(1, 5), items.slice(5)]);
    expect(found.map((world, place) => world.attributeNumcopies?.(itemAt(place)))).toEqual(
      items.map((_, place) => (place % 3 === 1 ? 3 : undefined)),
    );
    expect(found.map((world, place) => world.attributeMincopies?.(itemAt(place)))).toEqual(
      items.map((_, place) => (place % 3 === 1 ? 2 : undefined)),
    );
  } finally {
    await annex.close();
  }
});

/** The worlds of items, which must come in their order. */
async function worldsOf(
  worlds: AnnexWorlds,
  items: readonly (readonly Item[])[],
): Promise<readonly World[]> {
  const found: World[] = [];
  const all = items.flat();
  for await (const known of worlds.ofAll(Readable.from(items))) {
    for (const { item, world } of known) {
      expect(item).toBe(all[found.length]);
      found.push(world);
    }
  }
  expect(found).toHaveLength(all.length);
  return found;
}
