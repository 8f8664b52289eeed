import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PieceDeposit, PieceStore } from '../../../src/nodes/special/pieces/piece-store.ts';
import { PassingSpace } from '../../../src/nodes/special/files/passing-space.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { isErrorCode } from '../../../src/units/index.ts';
import { sha256Key } from '../../support/objects.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ExportedPieces } from '../../../src/nodes/special/export/exported-pieces.ts';
import { SaidPlaces } from './export/said-places.ts';
import { externalExport, externalRemote, type ExternalRemote } from './external-remotes.ts';
import { hasRsync, readPiece, rsyncExport, rsyncStore } from './rsync-remotes.ts';
import { hasGpg, placeIn, sharedCipher, specialNode } from './special-nodes.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const sizeBytes = content.length;
const never = new AbortController().signal;

let annexDirectory: string;
let passing: PassingSpace;
/** What one upload's bytes come from. */
let source: object;

beforeEach(() => {
  annexDirectory = temporaryDirectory();
  passing = new PassingSpace({ annexDirectory, system: thisMachine, reserveBytes: 0 });
  source = {};
});

/** Files below a directory of the gateway's, by their paths from there. */
function filesIn(name: string): readonly string[] {
  const directory = join(annexDirectory, 'ballast', name, 'tmp');
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => one.isFile() && !one.name.endsWith('.lck'))
    .map((one) => join(one.parentPath, one.name));
}

/** All files that pieces pass through, shared or not. */
function allFiles(): readonly string[] {
  const ballast = join(annexDirectory, 'ballast');
  return existsSync(ballast) ? readdirSync(ballast).flatMap(filesIn) : [];
}

function put(store: PieceStore, of = source): Promise<PieceDeposit> {
  return store.put(key, { sizeBytes, source: of });
}

/** What the program of a remote keeps of the piece. */
function kept({ directory }: ExternalRemote): Buffer {
  const name = readdirSync(directory).find((one) => one !== 'failed') ?? '';
  return readFileSync(join(directory, name));
}

describe('what several remotes are given at once', () => {
  it('is written to one file also for one that trees are exported to', async () => {
    const exported = await externalExport({ passing });
    const tree = new ExportedPieces(exported.store, new SaidPlaces());
    const deposits = [await put((await externalRemote({ passing })).store), await put(tree)];
    for (const deposit of deposits) await deposit.write(content);

    expect(allFiles()).toHaveLength(1);
    expect(allFiles()).toEqual(filesIn('shared'));

    for (const deposit of deposits) await deposit.commit();
    expect(await readPiece(tree, 0, key)).toBe(content.toString());
    expect(allFiles()).toEqual([]);
  });

  it('is written to one file, which goes with the last of them', async () => {
    const [one, other] = [await externalRemote({ passing }), await externalRemote({ passing })];
    const [ahead, behind] = await Promise.all([put(one.store), put(other.store)]);

    await ahead.write(content.subarray(0, 6));
    await behind.write(content.subarray(0, 4));
    expect(allFiles()).toEqual(filesIn('shared'));
    const [file = ''] = allFiles();
    expect(readFileSync(file)).toEqual(content.subarray(0, 6));
    // What it has already, part of it or all, is not written again.
    await Promise.all([behind.write(content.subarray(4)), ahead.write(content.subarray(6))]);
    expect(readFileSync(file)).toEqual(content);

    await ahead.commit();
    expect(allFiles()).toEqual([file]);
    expect(statSync(file).mode & 0o777).toBe(0o444);
    await behind.commit();
    expect(allFiles()).toEqual([]);
    expect([kept(one), kept(other)]).toEqual([content, content]);
  });

  it.skipIf(!hasRsync)('is not taken from others by rsync that exports trees', async () => {
    const exported = await rsyncExport(temporaryDirectory(), { passing });
    const tree = new ExportedPieces(exported.store, new SaidPlaces());
    const program = await externalRemote({ passing });
    const deposits = [await put(tree), await put(program.store)];
    for (const deposit of deposits) await deposit.write(content);

    for (const deposit of deposits) await deposit.commit();

    expect(await readPiece(tree, 0, key)).toBe(content.toString());
    expect(kept(program)).toEqual(content);
    expect(allFiles()).toEqual([]);
  });

  it.skipIf(!hasRsync)('is the same file for rsync and for a program', async () => {
    const url = temporaryDirectory();
    const program = await externalRemote({ passing });
    const rsync = await rsyncStore(url, { passing });
    const deposits = await Promise.all([put(program.store), put(rsync.store)]);
    await Promise.all(deposits.map((deposit) => deposit.write(content)));
    expect(allFiles()).toHaveLength(1);
    await Promise.all(deposits.map((deposit) => deposit.commit()));

    expect(kept(program)).toEqual(content);
    expect(await readPiece(rsync.store, 0, key)).toBe(content.toString());
    expect(statSync(placeIn(url, key)).mode & 0o222).toBe(0);
    expect(readdirSync(url)).toHaveLength(1);
    expect(allFiles()).toEqual([]);
  });

  it('is stored by one when the program of the other fails, or its upload is given up', async () => {
    const one = await externalRemote({ passing, modes: 'sorry@TRANSFER' });
    const other = await externalRemote({ passing });
    const third = await externalRemote({ passing });
    const [failing, good, leaving] = await Promise.all([
      put(one.store),
      put(other.store),
      put(third.store),
    ]);
    await Promise.all(
      [failing, good, leaving].map((deposit) => deposit.write(content.subarray(0, 5))),
    );
    await leaving.abandon();
    await leaving.abandon();
    await Promise.all([failing, good].map((deposit) => deposit.write(content.subarray(5))));
    await expect(failing.commit()).rejects.toThrow('the place burns');
    await failing.abandon();
    expect(allFiles()).toHaveLength(1);
    await good.commit();

    expect(kept(other)).toEqual(content);
    expect(readdirSync(third.directory)).toEqual([]);
    expect(allFiles()).toEqual([]);
  });

  it('goes when all give up, also in the middle of a write, and begins anew after that', async () => {
    const [one, other] = [await externalRemote({ passing }), await externalRemote({ passing })];
    const deposits = await Promise.all([put(one.store), put(other.store)]);
    const written = deposits.map((deposit) => deposit.write(content.subarray(0, 5)));
    await Promise.all(deposits.map((deposit) => deposit.abandon()));
    await Promise.allSettled(written);
    expect(readdirSync(join(annexDirectory, 'ballast', 'shared', 'tmp'))).toEqual([]);

    const again = await put(one.store);
    await again.write(content);
    await again.commit();
    expect(kept(one)).toEqual(content);
  });

  it('is never taken for what another upload brings', async () => {
    const [one, other] = [await externalRemote({ passing }), await externalRemote({ passing })];
    const [mine, others] = [await put(one.store), await put(other.store, {})];
    await Promise.all([mine.write(content), others.write(Buffer.from('9876543210'))]);
    expect(filesIn('shared')).toHaveLength(2);
    await Promise.all([mine.commit(), others.commit()]);
    expect([kept(one).toString(), kept(other).toString()]).toEqual(['0123456789', '9876543210']);
  });

  it('fails where one was given fewer bytes than the file has', async () => {
    const [one, other] = [await externalRemote({ passing }), await externalRemote({ passing })];
    const [all, some] = await Promise.all([put(one.store), put(other.store)]);
    await all.write(content);
    await some.write(content.subarray(0, 5));
    await expect(some.commit()).rejects.toThrow('other bytes');
    await some.abandon();
    await all.commit();
  });
});

describe('the room for it', () => {
  /** Of this there is room for one, and not for two. */
  function mostOfTheDisk(): number {
    const { bavail, bsize } = statfsSync(annexDirectory);
    return Math.floor((bavail * bsize * 2) / 3);
  }

  it('is claimed once, and by all remotes of one disk', async () => {
    const [one, other] = [await externalRemote({ passing }), await externalRemote({ passing })];
    const big = { sizeBytes: mostOfTheDisk() };
    const deposits = await Promise.all(
      [one, other].map(({ store }) => store.put(key, { ...big, source })),
    );
    const full = (error: unknown): boolean => isErrorCode(error, 'NOT_ENOUGH_SPACE');
    await expect(other.store.put(key, { ...big, source: {} })).rejects.toSatisfy(full);
    await expect(other.store.put(key, big)).rejects.toSatisfy(full);

    await deposits[0]?.abandon();
    await expect(other.store.put(key, big)).rejects.toSatisfy(full);
    await deposits[1]?.abandon();
    await (await other.store.put(key, big)).abandon();
  });

  it('is refused once, for all, where the disk must keep it, and asked for anew by the next', async () => {
    const full = new PassingSpace({
      annexDirectory,
      system: thisMachine,
      reserveBytes: Number.MAX_SAFE_INTEGER,
    });
    const remotes = [
      await externalRemote({ passing: full }),
      await externalRemote({ passing: full }),
    ];
    const refuse = async (): Promise<readonly unknown[]> =>
      await Promise.all(
        remotes.map(({ store }) =>
          put(store).then(
            () => 'taken',
            (error: unknown) => error,
          ),
        ),
      );
    const [first, second] = await refuse();
    expect(isErrorCode(first, 'NOT_ENOUGH_SPACE')).toBe(true);
    expect(second).toBe(first);
    expect((await refuse())[0]).not.toBe(first);
    expect(allFiles()).toEqual([]);

    const deposits = await Promise.all(
      remotes.map(({ store }) => store.put(key, { sizeBytes: undefined, source })),
    );
    const written = await Promise.allSettled(deposits.map((deposit) => deposit.write(content)));
    for (const outcome of written) {
      expect(outcome).toMatchObject({ reason: { code: 'NOT_ENOUGH_SPACE' } });
    }
    expect(allFiles().map((file) => statSync(file).size)).toEqual([0]);
    await Promise.all(deposits.map((deposit) => deposit.abandon()));
    expect(allFiles()).toEqual([]);
  });
});

describe('a node', () => {
  /** Whether a node has a file in common with others while a content is stored there. */
  async function isSharing(
    like: Omit<Parameters<typeof specialNode>[0], 'store'>,
  ): Promise<boolean> {
    const { store } = await externalRemote({ passing });
    const node = specialNode({ store, ...like });
    const deposit = await node.put(key, { sizeBytes, waitMs: 100, signal: never, source });
    if (deposit === 'present') throw new Error('it is there already');
    await deposit.start(0);
    await deposit.write(content);
    const isShared = filesIn('shared').length > 0;
    expect(allFiles()).toHaveLength(1);
    await deposit.abandon('delete');
    return isShared;
  }

  it('has whole contents in common with others, and no chunks', async () => {
    expect(await isSharing({})).toBe(true);
    expect(await isSharing({ chunkBytes: 100n })).toBe(false);
  });

  it.skipIf(!hasGpg)('and nothing encrypted, which differs each time', async () => {
    expect(await isSharing({ cipher: sharedCipher() })).toBe(false);
  });
});

it('what several remotes shared when their process was killed is cleared, and not what they share now', async () => {
  const one = await externalRemote({ passing });
  const shared = join(annexDirectory, 'ballast', 'shared', 'tmp');
  mkdirSync(join(shared, 'ballast-dead'), { recursive: true });
  writeFileSync(join(shared, 'ballast-dead', 'X'), 'partial');
  writeFileSync(join(shared, 'ballast-dead.lck'), '');
  const deposit = await put(one.store);
  await deposit.write(content);
  await one.store.clear?.();
  expect(filesIn('shared').map((file) => readFileSync(file))).toEqual([content]);
  await deposit.commit();
  expect(readdirSync(shared)).toEqual([]);
});
