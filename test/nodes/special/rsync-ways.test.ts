import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lookups } from '../../../src/nodes/special/rsync/lookups.ts';
import { keyOf } from '../../support/objects.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  content,
  hasRsync,
  piece,
  putPiece,
  readPiece,
  RsyncDaemon,
  rsyncStore,
  sshStandIn,
} from './rsync-remotes.ts';
import { placeIn } from './special-nodes.ts';

describe.skipIf(!hasRsync)('an rsync remote of a daemon', () => {
  let daemon: RsyncDaemon;

  beforeAll(async () => {
    daemon = await RsyncDaemon.start();
  });

  afterAll(async () => daemon.stop());

  it('has what is in a directory of a module, and not what has the same name in the module', async () => {
    mkdirSync(join(daemon.directory, 'sub'));
    const { store } = await rsyncStore(daemon.url('open/sub'));
    await putPiece(store);
    expect(await readPiece(store)).toBe('0123456789');
    mkdirSync(dirname(placeIn(daemon.directory, piece)), { recursive: true });
    writeFileSync(placeIn(daemon.directory, piece), 'abcdefghij');
    expect(await readPiece(store, 5)).toBe('56789');
    await store.remove(piece);
    expect(await store.look(piece)).toBeUndefined();
    expect(existsSync(placeIn(daemon.directory, piece))).toBe(true);
  });

  it('is only as good as its module', async () => {
    const { store: readonly } = await rsyncStore(daemon.url('readonly'));
    expect(await readonly.look(keyOf('X--none'))).toBeUndefined();
    await readonly.probe('question');
    await expect(readonly.probe('change')).rejects.toThrow('read only');
    await expect(putPiece(readonly)).rejects.toThrow('read only');
    const { store: gone } = await rsyncStore(daemon.url('gone'));
    await expect(gone.look(piece)).rejects.toThrow('there is no directory');
    const { store: unknown } = await rsyncStore(daemon.url('unknown'));
    await expect(unknown.look(piece)).rejects.toThrow('Unknown module');
    const { store: nosync } = await rsyncStore(daemon.url('nosync'));
    await putPiece(nosync, keyOf('X--nosync'));
    expect(await nosync.look(keyOf('X--nosync'))).toBeDefined();
  });

  it('shows nothing of a piece that was cut off, although the options keep such things', async () => {
    const settings = { 'rsync-options': '--partial --bwlimit=1000' };
    const { store } = await rsyncStore(daemon.url('open'), { settings });
    const cut = keyOf('X-s4000000--cut');
    const deposit = await store.put(cut, { sizeBytes: 4_000_000 });
    await deposit.write(Buffer.alloc(4_000_000, 'x'));
    const said = deposit.commit().then(() => 'stored', String);
    const cameBytes = (): number | undefined =>
      readdirSync(daemon.directory, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.includes('/.X-s4000000--cut.'))
        .map((name) => statSync(join(daemon.directory, name)).size)[0];
    await expect.poll(cameBytes).toBeGreaterThan(0);
    await deposit.abandon();
    expect(await said).toContain('was ended');
    await expect.poll(cameBytes).toBeUndefined();
    expect(await store.look(cut)).toBeUndefined();
  });

  it('is not known to lack anything when it is away', async () => {
    const { store } = await rsyncStore(daemon.url('open'));
    await daemon.stop();
    await expect(store.look(piece)).rejects.toThrow('rsync ended with status');
    await expect(putPiece(store)).rejects.toThrow('rsync ended with status');
  });
});

describe.skipIf(!hasRsync)('an rsync remote on a host', () => {
  const path = process.env['PATH'];

  beforeAll(() => {
    process.env['PATH'] = `${sshStandIn()}:${path}`;
  });

  afterAll(() => {
    process.env['PATH'] = path;
  });

  it('is reached through a shell, whatever is in its name', async () => {
    const directory = join(temporaryDirectory(), "it's $HOME * here");
    mkdirSync(directory);
    const { store } = await rsyncStore(`localhost:${directory}`);
    await putPiece(store);
    expect(readFileSync(placeIn(directory, piece))).toEqual(content);
    expect(await readPiece(store, 2)).toBe('23456789');
    await store.remove(piece);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is not known to lack anything when the host is away, or its directory', async () => {
    const { store } = await rsyncStore('elsewhere:/srv/x');
    await expect(store.look(piece)).rejects.toThrow('rsync ended with status');
    const { store: gone } = await rsyncStore('localhost:/nowhere/x');
    await expect(gone.look(piece)).rejects.toThrow('there is no directory');
  });
});

describe('looks at a remote', () => {
  it('are one at a time, and those that wait go together', async () => {
    const asked: (readonly string[])[] = [];
    let fails = false;
    const lookups = new Lookups(async (paths) => {
      asked.push(paths);
      await Promise.resolve();
      if (fails) throw new Error('away');
      return new Map(
        paths.map((path) => [path, { isFile: true, isDirectory: false, sizeBytes: 1 }]),
      );
    });
    const first = lookups.ask(['a']);
    await Promise.resolve();
    await Promise.resolve();
    const rest = ['b', 'c'].map((path) => lookups.ask([path]));
    expect((await first).has('a')).toBe(true);
    for (const [at, answer] of (await Promise.all(rest)).entries()) {
      expect(answer.has(['b', 'c'][at] ?? '')).toBe(true);
    }
    expect(asked).toEqual([['a'], ['b', 'c']]);
    fails = true;
    await expect(lookups.ask(['d'])).rejects.toThrow('away');
    fails = false;
    expect((await lookups.ask(['e'])).has('e')).toBe(true);
  });

  it('are not about more than rsync lists at once', async () => {
    const counts: number[] = [];
    const lookups = new Lookups((paths) => {
      counts.push(paths.length);
      return Promise.resolve(new Map());
    });
    await Promise.all(Array.from({ length: 150 }, (_, at) => lookups.ask([`${at}`, `x${at}`])));
    expect(counts).toEqual([200, 100]);
  });
});
