import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  formatMissing,
  parseMissing,
  missingReasonOf,
  type MissingCopy,
} from '../../../src/gateway/missing/missing-copy.ts';
import { depositBusy, notEnoughSpace } from '../../../src/repository/objects/object-errors.ts';
import { MachineDisks, ownDisk } from '../../../src/repository/index.ts';
import { systemCalls } from '../../../src/repository/files/system-calls.ts';
import { MissingFile } from '../../../src/gateway/missing/missing-file.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { NodeUnavailableError } from '../../../src/nodes/index.ts';
import { decodeText } from '../../../src/units/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { keyOf } from '../../support/objects.ts';
import { descriptors } from '../leaks.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const node = uuidOf('11111111-1111-4111-8111-111111111111');
const cluster = uuidOf('acaaaaaa-1111-8111-8111-111111111111');

function copyOf(key: Key, sinceSeconds = 1_700_000_000): MissingCopy {
  return { key, cluster, node, sinceSeconds, why: 'unavailable' };
}

const hard = [
  'WORM-s3-m1--a b "c" \\ [d]',
  'WORM--line\nend\r\u2028',
  'WORM--' + decodeText(Buffer.from([0xff, 0xe9, 0x80])),
  'WORM--ünï\u{1f600}',
  `WORM--${'x'.repeat(4000)}`,
].map((text) => keyOf(text));

let directory: string;
let path: string;
let file: MissingFile;
beforeEach(() => {
  directory = temporaryDirectory();
  mkdirSync(join(directory, 'annex'));
  path = join(directory, 'annex/ballast/missing');
  file = new MissingFile(directory, undefined, ownDisk);
});

async function keysIn(list: MissingFile, damaged?: () => void): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of list.read({ ...(damaged && { damaged }) }))
    keys.push(serializeKey(key));
  return keys;
}

const add = (key: Key): Promise<void> => file.append([copyOf(key)], () => undefined);

describe('a line of the list', () => {
  it.for(hard.map((key) => [serializeKey(key), key] as const))('holds %j', ([, key]) => {
    const line = formatMissing(copyOf(key));
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(parseMissing(line)).toEqual(copyOf(key));
  });

  it('that is damaged anywhere is none', () => {
    const line = formatMissing(copyOf(keyOf('WORM--a')));
    expect(parseMissing(line)).toBeDefined();
    for (let end = 0; end < line.length; end += 1) {
      expect(parseMissing(line.slice(0, end))).toBeUndefined();
    }
    for (const [from, to] of [
      ['1700000000', '"x"'],
      ['1700000000', '1.5'],
      ['unavailable', 'toString'],
      [node, 'no de'],
      ['WORM--a', ''],
      ['"]', '",1]'],
    ] as const) {
      expect(parseMissing(line.replace(from, to))).toBeUndefined();
    }
    for (const other of ['null', '7', '{}', '[]']) expect(parseMissing(other)).toBeUndefined();
  });

  it('names the reason that an error amounts to', () => {
    const trouble = { key: keyOf('WORM--a') };
    expect(missingReasonOf(new NodeUnavailableError('node1', 'gone'))).toBe('unavailable');
    expect(missingReasonOf(notEnoughSpace({ neededBytes: 2, usableBytes: 1 }, trouble))).toBe(
      'full',
    );
    expect(missingReasonOf(Object.assign(new Error('no room'), { code: 'ENOSPC' }))).toBe('full');
    expect(missingReasonOf(depositBusy(1, trouble))).toBe('busy');
    expect(missingReasonOf('broken')).toBe('failed');
  });
});

describe('the list on disk', () => {
  it('keeps what was added, in its order, for whoever opens it next', async () => {
    expect(await file.isEmpty()).toBe(true);
    expect(await keysIn(file)).toEqual([]);
    let added = 0;
    await Promise.all(hard.map((key) => file.append([copyOf(key)], () => (added += 1))));
    expect(added).toBe(hard.length);
    expect(await keysIn(new MissingFile(directory, undefined, ownDisk))).toEqual(
      hard.map(serializeKey),
    );
    expect(await file.isEmpty()).toBe(false);
  });

  it('loses nothing that is added behind a line that was cut', async () => {
    await add(keyOf('WORM--a'));
    appendFileSync(path, formatMissing(copyOf(keyOf('WORM--cut'))).slice(0, -5));
    file = new MissingFile(directory, undefined, ownDisk);
    await add(keyOf('WORM--b'));
    await add(keyOf('WORM--c'));
    let damaged = 0;
    expect(await keysIn(file, () => (damaged += 1))).toEqual(['WORM--a', 'WORM--b', 'WORM--c']);
    expect(damaged).toBe(1);
  });

  it('is read past whatever stands in it', async () => {
    await add(keyOf('WORM--a'));
    const before = readFileSync(path);
    const garbage = Buffer.concat([Buffer.alloc(300_000, 0xfe), Buffer.from('\n\n\r\n{}\n')]);
    writeFileSync(path, Buffer.concat([garbage, before, garbage, before, Buffer.from('[1')]));
    let damaged = 0;
    expect(await keysIn(file, () => (damaged += 1))).toEqual(['WORM--a', 'WORM--a']);
    expect(damaged).toBe(7);
  });

  it('is made anew from what is kept, and what is added meanwhile', async () => {
    const keys = Array.from({ length: 2500 }, (_, i) => keyOf(`WORM--${i}`));
    await file.append(
      keys.map((key) => copyOf(key)),
      () => undefined,
    );
    const late: Promise<void>[] = [];
    await file.keep((copy) => {
      if (late.length < 3) late.push(add(keyOf(`WORM--late${late.length}`)));
      return Promise.resolve(Number(copy.key.name) % 2 === 0);
    });
    await Promise.all(late);
    const even = keys.filter((key) => Number(key.name) % 2 === 0).map(serializeKey);
    expect(await keysIn(file)).toEqual([...even, ...[0, 1, 2].map((i) => `WORM--late${i}`)]);
  });

  it('stays as it was when it cannot be looked through', async () => {
    await add(keyOf('WORM--a'));
    const broken = file.keep(() => Promise.reject(new Error('the branch cannot be read')));
    await expect(broken).rejects.toThrow('the branch cannot be read');
    expect(await keysIn(file)).toEqual(['WORM--a']);
    await add(keyOf('WORM--b'));
    expect(await keysIn(file)).toEqual(['WORM--a', 'WORM--b']);
  });

  it('is closed again, whatever goes wrong in reading it', async () => {
    for (const name of ['a', 'b']) await add(keyOf(`WORM--${name}`));
    const isOpen = (): boolean => descriptors().includes(path);
    for await (const { key } of file.read()) {
      expect(isOpen()).toBe(true);
      expect(serializeKey(key)).toBe('WORM--a');
      break;
    }
    expect(isOpen()).toBe(false);

    await expect(file.keep(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(isOpen()).toBe(false);

    mkdirSync(`${path}.new`);
    await expect(file.keep(() => Promise.resolve(true))).rejects.toThrow('EISDIR');
    expect(isOpen()).toBe(false);

    const fstat = (): never => {
      throw new Error('no status');
    };
    const calls = { ...systemCalls, inLine: { ...systemCalls.inLine, fstat } };
    const untold = new MissingFile(directory, undefined, new MachineDisks({ calls }).own());
    await expect(untold.isEmpty()).rejects.toThrow('no status');
    expect(isOpen()).toBe(false);
  });
});
