import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashDirectoryMixed, keyFile } from '../../../src/key/index.ts';
import { keyOf } from '../../support/objects.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  content,
  hasRsync,
  piece,
  programOf,
  putPiece,
  readPiece,
  rsyncStore,
} from './rsync-remotes.ts';
import { placeIn } from './special-nodes.ts';

function lay(directory: string): void {
  mkdirSync(dirname(placeIn(directory, piece)), { recursive: true });
  writeFileSync(placeIn(directory, piece), content);
}

describe.skipIf(!hasRsync)('an rsync remote', () => {
  it('has pieces where git-annex has them, and leaves nothing behind', async () => {
    const directory = temporaryDirectory();
    const { store, scratch } = await rsyncStore(directory);
    await putPiece(store);
    expect(readFileSync(placeIn(directory, piece))).toEqual(content);
    expect(statSync(placeIn(directory, piece)).mode & 0o777).toBe(0o444);
    expect(await readPiece(store)).toBe('0123456789');
    expect(await readPiece(store, 4)).toBe('456789');
    const chunk = keyOf('X-s20-S10-C1--piece');
    await putPiece(store, chunk);
    expect(statSync(placeIn(directory, chunk)).mode & 0o777).toBe(0o644);
    await store.remove(piece);
    await store.remove(chunk);
    expect(readdirSync(directory)).toEqual([]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('removes what is in a directory of old times, with parts of uploads, and nothing else', async () => {
    const directory = temporaryDirectory();
    const odd = keyOf(String.raw`X--a[b*?\x`);
    const { store } = await rsyncStore(directory);
    const near = join(dirname(dirname(placeIn(directory, odd))), String.raw`X--a[bcd\x`);
    mkdirSync(near, { recursive: true });
    writeFileSync(join(near, 'f'), 'x');
    const old = join(directory, hashDirectoryMixed(odd), keyFile(odd), '.rsync-partial');
    mkdirSync(old, { recursive: true });
    writeFileSync(join(old, keyFile(odd)), 'part');
    expect(await store.look(odd)).toBeUndefined();
    await putPiece(store, odd);
    expect(await readPiece(store, 3, odd)).toBe('3456789');
    await store.remove(odd);
    expect(await store.look(odd)).toBeUndefined();
    expect(existsSync(old)).toBe(false);
    expect(readFileSync(join(near, 'f'), 'utf8')).toBe('x');
  });

  it('is not known to lack anything where its own directory is not there', async () => {
    const directory = join(temporaryDirectory(), 'not-mounted');
    const { store } = await rsyncStore(directory);
    const why = `there is no directory ${directory}`;
    await expect(store.look(piece)).rejects.toThrow(why);
    await expect(store.get(piece, 0)).rejects.toThrow(why);
    await expect(store.remove(piece)).rejects.toThrow(why);
    await expect(store.probe('change')).rejects.toThrow(why);
    expect(existsSync(directory)).toBe(false);
  });

  it('tells what rsync says where it cannot look, and takes it for no answer', async () => {
    const program = programOf('echo "something odd" >&2; exit 23');
    const { store } = await rsyncStore(temporaryDirectory(), { program });
    await expect(store.look(piece)).rejects.toThrow('rsync ended with status 23: something odd');
    await expect(store.look(piece)).rejects.toMatchObject({
      code: 'RSYNC_FAILED',
      data: { status: 23, said: 'something odd' },
    });
    await expect(store.remove(piece)).rejects.toThrow('something odd');
  });

  it.each(['exit 0', 'echo nonsense', 'yes | head -c 3000000', 'kill -9 $$'])(
    'takes the answer of an rsync that does "%s" for none',
    async (script) => {
      const { store } = await rsyncStore(temporaryDirectory(), { program: programOf(script) });
      await expect(store.look(piece)).rejects.toThrow(/rsync/);
    },
  );

  it('cannot be opened without an rsync, or with one of old times', async () => {
    const without = rsyncStore('/d', { program: '/nowhere/rsync' });
    await expect(without).rejects.toThrow(/rsync cannot be run: .*ENOENT/);
    const old = join(temporaryDirectory(), 'rsync');
    writeFileSync(old, '#!/bin/sh\necho "rsync  version 3.0.9  protocol version 30"\n');
    chmodSync(old, 0o755);
    await expect(rsyncStore('/d', { program: old })).rejects.toThrow('3.1.0 or newer is needed');
  });

  it('ends an rsync that says nothing any more, with what it has started', async () => {
    const directory = temporaryDirectory();
    const pids = join(temporaryDirectory(), 'pids');
    const clock = new SimulatedClock();
    const program = programOf(`sleep 1000 & echo $! $$ > '${pids}'; wait`);
    const opening = rsyncStore(directory, { program, clock });
    const { store } = await clock.ended(opening);
    const looked = store.look(piece).catch((error: unknown) => String(error));
    await clock.until(() => existsSync(pids) && readFileSync(pids).length > 3, 'a start', 1);
    const said = await clock.ended(looked, 1000);
    expect(said).toContain('said nothing for 60 s');
    const [inner = 0, outer = 0] = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    await clock.until(() => !isRunning(inner) && !isRunning(outer), 'the end of both');
  });

  it('breaks off a content that rsync does not bring to its end, before its last byte', async () => {
    const directory = temporaryDirectory();
    lay(directory);
    const program = programOf(
      'case "$*" in *--list-only*) exec rsync "$@";; esac\nrsync "$@"; exit 12',
    );
    const { store, scratch } = await rsyncStore(directory, { program });
    const got = await store.get(piece, 0);
    let bytes = 0;
    const all = async (): Promise<void> => {
      for await (const some of got?.stream ?? []) bytes += some.length;
    };
    await expect(all()).rejects.toThrow('rsync ended with status 12');
    expect(bytes).toBeLessThan(10);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('believes no content of which something was sent again', async () => {
    const directory = temporaryDirectory();
    lay(directory);
    const program = programOf('rsync "$@"; echo "WARNING: x failed verification" >&2');
    const { store } = await rsyncStore(directory, { program });
    const { store: good } = await rsyncStore(directory);
    expect(await readPiece(good)).toBe('0123456789');
    await expect(readPiece(store)).rejects.toThrow('send something again');
  });

  it('has only the rest fetched of a content that is read from its middle on', async () => {
    const directory = temporaryDirectory();
    lay(directory);
    const log = join(temporaryDirectory(), 'log');
    const looking = 'case "$*" in *--list-only*) exec rsync "$@";; esac';
    const program = programOf(`${looking}\nrsync --stats "$@" > '${log}'`);
    const { store } = await rsyncStore(directory, { program });
    expect(await readPiece(store, 7)).toBe('789');
    expect(readFileSync(log, 'utf8')).toContain('Literal data: 3 bytes');
  });

  it('ends rsync when nobody reads any more', async () => {
    const directory = temporaryDirectory();
    lay(directory);
    const program = programOf(
      'case "$*" in *--list-only*) exec rsync "$@";; esac\nexec sleep 1000',
    );
    const { store, scratch } = await rsyncStore(directory, { program });
    const got = await store.get(piece, 0);
    await got?.stream.close();
    await got?.stream.close();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('shows nothing of what could not be stored, and says it is not removed what is still there', async () => {
    const directory = temporaryDirectory();
    lay(directory);
    const program = programOf(
      'case "$*" in *--list-only*) exec rsync "$@";; *--delete*) exit 0;; esac\necho full >&2; exit 11',
    );
    const { store, scratch } = await rsyncStore(directory, { program });
    await expect(putPiece(store, keyOf('X--other'))).rejects.toThrow('status 11: full');
    expect(await store.look(keyOf('X--other'))).toBeUndefined();
    await expect(store.remove(piece)).rejects.toThrow('still there');
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('stores again what lost the directories above it, and without fsync where that is not known', async () => {
    const directory = temporaryDirectory();
    const count = join(temporaryDirectory(), 'count');
    const failing = `[ -e '${count}' ] || { : > '${count}'; echo "mkstemp failed: No such file or directory (2)" >&2; exit 23; }`;
    const unknown =
      'case "$*" in *--fsync*) echo "rsync: --fsync: unknown option" >&2; exit 1;; esac';
    for (const script of [
      `case "$*" in *--fsync*) ${failing};; esac\nexec rsync "$@"`,
      `${unknown}\nexec rsync "$@"`,
    ]) {
      const { store } = await rsyncStore(directory, { program: programOf(script) });
      await putPiece(store, keyOf(`X--${script.length}`));
      expect(await store.look(keyOf(`X--${script.length}`))).toEqual(
        expect.objectContaining({ sizeBytes: 10 }),
      );
    }
    expect(existsSync(count)).toBe(true);
  });

  it('takes no piece that would fill the disk of the gateway, in whichever way its size shows', async () => {
    const reserveBytes = Number.MAX_SAFE_INTEGER;
    const directory = temporaryDirectory();
    lay(directory);
    const { store } = await rsyncStore(directory, { reserveBytes });
    await expect(store.put(piece, { sizeBytes: 10 })).rejects.toThrow('space');
    await expect(store.get(piece, 0)).rejects.toThrow('space');
    const deposit = await store.put(piece, { sizeBytes: undefined });
    await expect(deposit.write(content)).rejects.toThrow('space');
    await deposit.abandon();
  });

  it('is left without what a killed server left, and not without what somebody is at', async () => {
    const directory = temporaryDirectory();
    const { store, scratch } = await rsyncStore(directory);
    const deposit = await store.put(piece, { sizeBytes: 10 });
    const dead = join(scratch, 'ballast-dead');
    mkdirSync(join(dead, 'abc', 'def'), { recursive: true });
    writeFileSync(join(dead, 'abc', 'def', 'X'), 'partial');
    writeFileSync(`${dead}.lck`, '');
    await store.clear();
    expect(existsSync(dead)).toBe(false);
    await deposit.write(content);
    await deposit.commit();
    expect(await readPiece(store)).toBe('0123456789');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
