import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyFile, serializeKey, type Key } from '../../src/key/index.ts';
import { ObjectStore } from '../../src/repository/index.ts';
import { begin, keyOf, put, sha256Key } from '../support/objects.ts';
import { storeWorker } from '../support/process.ts';
import { machineLater } from '../support/set-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const weekMs = 7 * 24 * 3_600_000;

/** A repository's store, whose clock a test may set on. */
class Annex {
  readonly directory = temporaryDirectory();
  laterMs = 0;
  readonly problems: Error[] = [];
  readonly store = new ObjectStore({
    gitDirectory: this.directory,
    isBare: true,
    system: machineLater(() => this.laterMs),
    onProblem: (error) => this.problems.push(error),
  });

  async interrupt(key: Key, bytes: Uint8Array): Promise<void> {
    const deposit = await begin(this.store, key);
    await deposit.start(deposit.offsetBytes);
    await deposit.write(bytes);
    await deposit.abandon('keep');
  }

  partial(key: Key): string {
    return join(this.directory, 'annex', 'tmp', keyFile(key));
  }

  notes(): string[] {
    const directory = join(this.directory, 'annex', 'ballast', 'left');
    return existsSync(directory) ? readdirSync(directory) : [];
  }
}

describe('what an interrupted upload has left', () => {
  it.for([key, keyOf('FOO--a/b:c%d&e'), keyOf('FOO--caf\u00e9 \ud83d\ude00')])(
    'is kept for its time and no longer (%o)',
    async (key) => {
      const annex = new Annex();
      await annex.interrupt(key, content.subarray(0, 6));

      annex.laterMs = weekMs - 60_000;
      expect(await annex.store.expirePartials(weekMs)).toBe(0);
      expect(await annex.store.partialSizeBytes(key)).toBe(6);
      annex.laterMs = weekMs + 1000;
      expect(await annex.store.expirePartials(weekMs)).toBe(1);

      expect(await annex.store.partialSizeBytes(key)).toBe(0);
      expect(annex.notes()).toEqual([]);
      expect(readdirSync(join(annex.directory, 'annex/transfer/download/lck'))).toEqual([]);
    },
  );

  it('lives on from the last time that its client came back', async () => {
    const annex = new Annex();
    await annex.interrupt(key, content.subarray(0, 2));
    const longAgo = new Date(Date.now() - 2 * weekMs);
    utimesSync(annex.partial(key), longAgo, longAgo);
    await annex.interrupt(key, content.subarray(2, 4));

    expect(await annex.store.expirePartials(weekMs)).toBe(0);
    expect(await annex.store.partialSizeBytes(key)).toBe(4);
  });

  it('is not cleared while somebody goes on with it, here or in another process', async () => {
    const annex = new Annex();
    await annex.interrupt(key, content.subarray(0, 6));
    annex.laterMs = 2 * weekMs;

    const deposit = await begin(annex.store, key);
    expect(await annex.store.expirePartials(weekMs)).toBe(0);
    await deposit.abandon('keep');
    const other = storeWorker(annex.directory, 'bare', 'holdDeposit', serializeKey(key), '6');
    expect(await other.line()).toBe('writing');
    expect(await annex.store.expirePartials(weekMs)).toBe(0);
    await other.kill();

    expect(await annex.store.partialSizeBytes(key)).toBe(7);
  });

  it('is not cleared when something else has gone on with it, which may want it still', async () => {
    const annex = new Annex();
    await annex.interrupt(key, content.subarray(0, 6));
    writeFileSync(annex.partial(key), content.subarray(0, 8));
    annex.laterMs = 2 * weekMs;

    expect(await annex.store.expirePartials(weekMs)).toBe(0);

    expect(await annex.store.partialSizeBytes(key)).toBe(8);
    expect(annex.notes()).toEqual([]);
  });

  it('is not mistaken for a download that git-annex has left', async () => {
    const annex = new Annex();
    mkdirSync(join(annex.directory, 'annex', 'tmp'), { recursive: true });
    writeFileSync(annex.partial(key), content.subarray(0, 6));
    const longAgo = new Date(Date.now() - 2 * weekMs);
    utimesSync(annex.partial(key), longAgo, longAgo);

    expect(await annex.store.expirePartials(weekMs)).toBe(0);

    expect(await annex.store.partialSizeBytes(key)).toBe(6);
  });

  it('needs no more notes once it has become the content', async () => {
    const annex = new Annex();
    await annex.interrupt(key, content.subarray(0, 6));
    await put(annex.store, key, content);
    annex.laterMs = 2 * weekMs;

    expect(await annex.store.expirePartials(weekMs)).toBe(0);

    expect(annex.notes()).toEqual([]);
    expect(await annex.store.has(key)).toBe(true);
  });

  it('is left when it cannot be noted, and somebody is told', async () => {
    const annex = new Annex();
    mkdirSync(join(annex.directory, 'annex'));
    writeFileSync(join(annex.directory, 'annex', 'ballast'), 'in the way');
    await annex.interrupt(key, content.subarray(0, 6));

    expect(annex.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('noting an interrupted upload failed: ENOTDIR'),
    ]);
    expect(await annex.store.partialSizeBytes(key)).toBe(6);
  });

  it('is no matter for files with other names among the notes', async () => {
    const annex = new Annex();
    const notes = join(annex.directory, 'annex', 'ballast', 'left');
    mkdirSync(notes, { recursive: true });
    for (const name of ['README', 'x', `X--${'y'.repeat(250)}`]) {
      writeFileSync(join(notes, name), '1 1');
    }

    expect(await annex.store.expirePartials(weekMs)).toBe(0);
    expect(annex.notes()).toHaveLength(3);
  });
});
