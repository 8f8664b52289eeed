import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PieceStore } from '../../../src/nodes/special/pieces/piece-store.ts';
import { isErrorCode } from '../../../src/units/index.ts';
import { isLong, someOf } from '../../support/long.ts';
import { collect, keyOf, sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { externalRemote, programDirectory, type ExternalLike } from './external-remotes.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const minuteMs = 60_000;

/** Stores a piece. */
async function put(store: PieceStore, bytes: Uint8Array = content): Promise<void> {
  const deposit = await store.put(sha256Key(bytes), { sizeBytes: bytes.length });
  await deposit.write(bytes);
  await deposit.commit();
}

/** Files that pieces pass through. */
function passing(annexDirectory: string): readonly string[] {
  const directory = join(annexDirectory, 'ballast', `external-${imaginaryUuid(1)}`, 'tmp');
  return existsSync(directory) ? readdirSync(directory) : [];
}

describe('a program of an external remote', () => {
  it.each([
    ['dying@CHECKPRESENT', 'git-annex-remote-standin ended with status 3: out of luck'],
    ['odd@CHECKPRESENT', /answered with what is no answer: WHAT (?:is this ){24}is …$/],
    ['endless@CHECKPRESENT', 'said a line of more than 65536 bytes'],
    ['sorry@CHECKPRESENT', 'says: the place burns'],
  ])('that is %s fails that request, and another one follows it', async (modes, why) => {
    const { store } = await externalRemote({ modes });
    await expect(store.look(key)).rejects.toThrow(why);
    expect(await store.look(key)).toBeUndefined();
    await put(store);
    expect(await store.look(key)).toEqual({ sizeBytes: undefined });
  });

  it('that says no is asked further', async () => {
    const { store, directory } = await externalRemote();
    await put(store);
    rmSync(directory, { recursive: true });
    await expect(store.look(key)).rejects.toThrow('does not know what is there: the directory is');
    await expect(store.probe('change')).rejects.toThrow('does not know what is there');
    mkdirSync(directory);
    expect(await store.look(key)).toBeUndefined();
  });

  it('that is silent is ended after a while, and others go on', async () => {
    const clock = new SimulatedClock();
    const { store, directory } = await externalRemote({ modes: 'silent@CHECKPRESENT', clock });
    const hung = store.look(key);
    hung.catch(() => undefined);
    await clock.until(() => existsSync(join(directory, 'failed')), 'the silence', 0);
    expect(await store.look(key)).toBeUndefined();
    await clock.pass(4 * minuteMs);
    expect(await store.look(key)).toBeUndefined();
    await clock.pass(2 * minuteMs);
    await expect(hung).rejects.toThrow('standin has not answered for 300 s');
  });

  it('that is silent about one of several requests goes on with the others', async () => {
    const clock = new SimulatedClock();
    const modes = 'async,slow,ordered,silent@REMOVE';
    const { store, directory } = await externalRemote({ modes, clock });
    await put(store);
    const got = await store.get(key, 0);
    const hung = store.remove(key);
    hung.catch(() => undefined);
    await clock.until(() => existsSync(join(directory, 'failed')), 'the silence', 0);
    const bytes = got?.stream[Symbol.asyncIterator]();
    expect((await bytes?.next())?.value).toEqual(content.subarray(0, 5));
    await clock.pass(4 * minuteMs);
    writeFileSync(join(directory, 'go'), '');
    expect((await bytes?.next())?.value).toEqual(content.subarray(5));
    expect(await bytes?.next()).toMatchObject({ done: true });
    await clock.pass(2 * minuteMs);
    await expect(hung).rejects.toThrow('has not answered');
    await store.remove(key);
    expect(await store.look(key)).toBeUndefined();
  });

  it('that hangs as it begins does not keep its remote from being closed', async () => {
    const { store, directory } = await externalRemote({ modes: 'silent@PREPARE' });
    const look = store.look(key);
    look.catch(() => undefined);
    await expect.poll(() => existsSync(join(directory, 'failed')), { timeout: 10_000 }).toBe(true);
    await store.close();
    await expect(look).rejects.toThrow('closed');
    await expect(store.look(key)).rejects.toThrow('closed');
  });

  it('that stores nothing leaves nothing behind', async () => {
    for (const how of someOf(['dying', 'odd', 'sorry'], 1)) {
      const { store, annexDirectory } = await externalRemote({ modes: `${how}@TRANSFER` });
      const deposit = await store.put(key, { sizeBytes: content.length });
      await deposit.write(content);
      expect(passing(annexDirectory)).not.toEqual([]);
      await expect(deposit.commit()).rejects.toThrow('git-annex-remote-standin');
      await deposit.abandon();
      expect(passing(annexDirectory)).toEqual([]);
      expect(await store.look(key)).toBeUndefined();
    }
  });

  it('is kept from storing what was given up', async () => {
    const clock = new SimulatedClock();
    const modes = 'silent@TRANSFER';
    const { store, directory, annexDirectory } = await externalRemote({ modes, clock });
    const deposit = await store.put(key, { sizeBytes: content.length });
    await deposit.write(content);
    const stored = deposit.commit();
    stored.catch(() => undefined);
    await clock.until(() => existsSync(join(directory, 'failed')), 'the transfer', 0);
    await deposit.abandon();
    await expect(stored).rejects.toThrow('given up');
    expect(passing(annexDirectory)).toEqual([]);
    await put(store);
  });

  it.each([
    ['version', {}, 'speaks version 7 of the protocol'],
    ['unready', {}, 'git-annex-remote-standin is not ready: it rains'],
    ['needy', {}, 'is not ready: nobody lets me in; it has no credentials "account"'],
  ] as const)('that is %s is of no use, and it is told why', async (modes, more, why) => {
    const { store } = await externalRemote({ modes, ...more });
    await expect(store.probe('question')).rejects.toThrow(why);
    await expect(Promise.all([store.look(key), store.look(key)])).rejects.toThrow(why);
  });

  it('is told by name when it is not here, or may not be run', async () => {
    const open = (like: ExternalLike): Promise<unknown> => externalRemote(like);
    await expect(open({ env: { PATH: '/nowhere:relative:' } })).rejects.toThrow(
      'there is no git-annex-remote-standin in the PATH of the server',
    );
    const type = (externaltype: string, here = externaltype): ExternalLike => ({
      values: { externaltype },
      config: { 'remote.e.annex-externaltype': here },
      env: { PATH: programDirectory() },
    });
    await expect(open(type('other', 'standin'))).rejects.toThrow('=standin here and other in');
    await expect(open(type('../../evil'))).rejects.toThrow('names no program');
    await expect(open({ values: { readonly: 'true' } })).rejects.toThrow('readonly=true');
  });
});

describe('what a program gives', () => {
  it.each([
    ['slow,ordered', '', ['01234', '56789']],
    ['slow', 'go', ['0123456789']],
  ] as const)('of one that is %s is read as that lets it be', async (modes, first, pieces) => {
    const { store, directory, annexDirectory } = await externalRemote({ modes });
    await put(store);
    const got = await store.get(key, 0);
    if (first !== '') writeFileSync(join(directory, first), '');
    const bytes = got?.stream[Symbol.asyncIterator]();
    for (const piece of pieces) {
      expect((await bytes?.next())?.value).toEqual(Buffer.from(piece));
      writeFileSync(join(directory, 'go'), '');
    }
    expect(await bytes?.next()).toMatchObject({ done: true });
    expect(passing(annexDirectory)).toEqual([]);
  });

  it.skipIf(!isLong)('may be another file than the one that is there', async () => {
    const { store } = await externalRemote({ modes: 'renaming,ordered' });
    await put(store);
    const got = await store.get(key, 3);
    expect(await collect(got?.stream ?? never())).toEqual(content.subarray(3));
  });

  it('has the size that came when its key tells none', async () => {
    const { store } = await externalRemote();
    const url = keyOf('URL--http://x/y');
    const deposit = await store.put(url, { sizeBytes: undefined });
    await deposit.write(content);
    await deposit.commit();
    const got = await store.get(url, 4);
    expect(got?.sizeBytes).toBe(10);
    expect(await collect(got?.stream ?? never())).toEqual(content.subarray(4));
  });

  it('is no longer there when its reader is gone', async () => {
    const { store, annexDirectory } = await externalRemote({ modes: 'slow,ordered' });
    await put(store);
    const got = await store.get(key, 0);
    await got?.stream[Symbol.asyncIterator]().next();
    expect(passing(annexDirectory)).not.toEqual([]);
    await got?.stream.close();
    expect(passing(annexDirectory)).toEqual([]);
    expect(await store.look(key)).toBeDefined();
  });

  it('to a reader who is gone does not hurt another one', async () => {
    const { store, directory } = await externalRemote({ modes: 'async,slow,ordered' });
    await put(store);
    const [one, other] = [await store.get(key, 0), await store.get(key, 0)];
    const bytes = other?.stream[Symbol.asyncIterator]();
    await bytes?.next();
    await one?.stream.close();
    writeFileSync(join(directory, 'go'), '');
    expect((await bytes?.next())?.value).toEqual(content.subarray(5));
    expect(await bytes?.next()).toMatchObject({ done: true });
    expect(await store.look(key)).toBeDefined();
  });

  it('takes no room that the disk must keep', async () => {
    const { store } = await externalRemote({ reserveBytes: Number.MAX_SAFE_INTEGER });
    const deposit = store.put(key, { sizeBytes: content.length });
    await expect(deposit).rejects.toSatisfy((error) => isErrorCode(error, 'NOT_ENOUGH_SPACE'));
    // As of one that is encrypted.
    const unsized = await store.put(key, { sizeBytes: undefined });
    const written = unsized.write(content);
    await expect(written).rejects.toSatisfy((error) => isErrorCode(error, 'NOT_ENOUGH_SPACE'));
    await unsized.abandon();
  });

  it.skipIf(!isLong)('and was left by ended processes is cleared', async () => {
    const { store, annexDirectory } = await externalRemote();
    const left = join(annexDirectory, 'ballast', `external-${imaginaryUuid(1)}`, 'tmp');
    mkdirSync(join(left, 'ballast-dead'), { recursive: true });
    writeFileSync(join(left, 'ballast-dead', 'X'), 'partial');
    writeFileSync(join(left, 'ballast-dead.lck'), '');
    const deposit = await store.put(key, { sizeBytes: content.length });
    await store.clear?.();
    expect(readdirSync(left).toSorted()).not.toContain('ballast-dead');
    await deposit.write(content);
    await deposit.commit();
    expect(readdirSync(left)).toEqual([]);
  });
});

function never(): never {
  throw new Error('it is not there');
}
