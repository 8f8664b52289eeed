import { expect, test } from 'vitest';
import {
  hashDirectoryLower,
  hashDirectoryMixed,
  keyFile,
  parseKey,
  parseKeyFile,
  serializeKey,
} from '../../src/key/index.ts';
import { decodeText, encodeText } from '../../src/units/index.ts';
import { readGoldenLines } from '../golden/read-golden.ts';

interface GoldenKey {
  readonly key_hex: string;
  readonly valid: boolean;
  /** What the key is written as, where that is not as it was read. */
  readonly reserialized?: string;
  readonly backend?: string;
  readonly size?: string | null;
  readonly mtime?: string | null;
  readonly keyname_hex?: string;
  readonly hashdirlower?: string;
  readonly hashdirmixed?: string;
  readonly keyfile_hex?: string;
}

const keys = readGoldenLines('keys.jsonl.gz', (line): GoldenKey => JSON.parse(line));

test('accepts and refuses the keys that git-annex does, all 281', () => {
  const ours = keys.map(({ key_hex }) => ({
    key_hex,
    valid: parseKey(textOf(key_hex)) !== undefined,
  }));

  expect(ours).toEqual(keys.map(({ key_hex, valid }) => ({ key_hex, valid })));
  expect(ours.length).toBe(281);
});

const valid = keys.filter(({ valid }) => valid);

test('reads the fields, and finds the directories and file names, of all 258 valid keys', () => {
  const ours = valid.map(({ key_hex }) => {
    const key = keyOf(key_hex);
    return {
      key_hex,
      backend: key.backend,
      size: key.sizeBytes?.toString() ?? null,
      mtime: key.mtime?.toString() ?? null,
      keyname_hex: hexOf(key.name),
      hashdirlower: hashDirectoryLower(key),
      hashdirmixed: hashDirectoryMixed(key),
      keyfile_hex: hexOf(keyFile(key)),
    };
  });

  expect(ours).toEqual(
    valid.map(
      ({
        key_hex,
        backend,
        size,
        mtime,
        keyname_hex,
        hashdirlower,
        hashdirmixed,
        keyfile_hex,
      }) => ({
        key_hex,
        backend,
        size,
        mtime,
        keyname_hex,
        hashdirlower,
        hashdirmixed,
        keyfile_hex,
      }),
    ),
  );
  expect(ours.length).toBe(258);
});

test('writes each key as git-annex does, and finds it again by its file name', () => {
  for (const { key_hex, reserialized } of valid) {
    const key = keyOf(key_hex);
    expect(serializeKey(key)).toBe(reserialized ?? textOf(key_hex));
    expect(parseKeyFile(keyFile(key))).toEqual(key);
  }
});

function keyOf(hex: string): NonNullable<ReturnType<typeof parseKey>> {
  const key = parseKey(textOf(hex));
  if (key === undefined) throw new Error(`no key: ${hex}`);
  return key;
}

function textOf(hex: string): string {
  return decodeText(Buffer.from(hex, 'hex'));
}

function hexOf(text: string): string {
  return Buffer.from(encodeText(text)).toString('hex');
}
