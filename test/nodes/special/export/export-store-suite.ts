import { describe, expect, it, onTestFinished } from 'vitest';
import type { Key } from '../../../../src/key/index.ts';
import { exportObjectPath } from '../../../../src/nodes/special/export/export-paths.ts';
import { blobKey, type ExportStore } from '../../../../src/nodes/special/export/export-store.ts';
import { collect, sha256Key } from '../../../support/objects.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const object = exportObjectPath(key, undefined);
const other = Buffer.from('other');
const otherKey = sha256Key(other);

/** Names that lists, patterns, urls, shells and lines of programs have trouble with. */
const oddNames = [
  'a b/ c',
  '#a/;b',
  String.raw`s*a[r]?\x/[*?]\#303`,
  'ü/ß %20%',
  'q\'"$(x)`&|<>/y',
  '-e/--delete',
  'x:y/z:1',
  '.hidden/.git',
];

/** A place that files are exported to. */
export interface ExportPlace {
  readonly store: ExportStore;
  /** Everything that is visible there, by its path, without directories. */
  readonly files: () =>
    | Promise<Readonly<Record<string, string>>>
    | Readonly<Record<string, string>>;
}

/** Puts a file at a path. */
export async function putFile(
  store: ExportStore,
  path: string,
  { of, bytes, told = bytes.length }: { of: Key; bytes: Buffer; told?: number | undefined },
): Promise<void> {
  const deposit = await store.put({ key: of, sizeBytes: told });
  try {
    for (let at = 0; at < bytes.length; at += 4) await deposit.write(bytes.subarray(at, at + 4));
    await deposit.commit(path);
  } finally {
    await deposit.abandon();
  }
}

/** All of a file, from a byte on; `undefined` when there is none. */
export async function readFile(
  store: ExportStore,
  path: string,
  { of, fromByte = 0 }: { readonly of: Key; readonly fromByte?: number },
): Promise<string | undefined> {
  const got = await store.get(path, of, fromByte);
  return got && (await collect(got.stream)).toString();
}

/**
 * What every place that trees are exported to has to do.
 *
 * @param isTellingSizes whether it knows the size of a file.
 */
export function describeExportStore(
  name: string,
  {
    make,
    isTellingSizes = true,
  }: { readonly make: () => Promise<ExportPlace>; readonly isTellingSizes?: boolean },
): void {
  describe(`${name} that files are exported to`, () => {
    const made = async (): Promise<ExportPlace> => {
      const place = await make();
      onTestFinished(() => place.store.close());
      return place;
    };
    const found = (bytes: Buffer): object => (isTellingSizes ? { sizeBytes: bytes.length } : {});

    it('has what is put at a path, from any byte on, and nothing else', async () => {
      const { store, files } = await made();
      expect(await store.look('a/b/c', key)).toBeUndefined();
      expect(await store.get('a/b/c', key, 0)).toBeUndefined();
      await putFile(store, 'a/b/c', { of: key, bytes: content });
      await putFile(store, object, { of: key, bytes: content, told: undefined });
      await putFile(store, 'empty', { of: blobKey('e'.repeat(40)), bytes: Buffer.alloc(0) });
      expect(await files()).toEqual({ 'a/b/c': '0123456789', [object]: '0123456789', empty: '' });
      expect(await store.look('a/b/c', key)).toMatchObject(found(content));
      expect(await readFile(store, 'a/b/c', { of: key })).toBe('0123456789');
      expect(await readFile(store, object, { of: key, fromByte: 7 })).toBe('789');
      expect(await readFile(store, 'a/b/c', { of: key, fromByte: 10 })).toBe('');
      expect(await readFile(store, 'empty', { of: blobKey('e'.repeat(40)) })).toBe('');
    });

    it('shows nothing of what was given up', async () => {
      const { store, files } = await made();
      const deposit = await store.put({ key, sizeBytes: content.length });
      await deposit.write(content.subarray(0, 5));
      await deposit.abandon();
      await deposit.abandon();
      expect(await files()).toEqual({});
      expect(await store.look('a', key)).toBeUndefined();
    });

    it('puts one file in the place of another', async () => {
      const { store, files } = await made();
      await putFile(store, 'a', { of: otherKey, bytes: other });
      await putFile(store, 'a', { of: key, bytes: content });
      expect(await files()).toEqual({ a: '0123456789' });
      await putFile(store, 'b', { of: otherKey, bytes: other });
      await store.rename('a', 'b', key);
      expect(await files()).toEqual({ b: '0123456789' });
    });

    it('gives a file another path', async () => {
      const { store, files } = await made();
      await putFile(store, 'a/b/c', { of: key, bytes: content });
      await putFile(store, 'a/d', { of: otherKey, bytes: other });
      await store.rename('a/b/c', object, key);
      expect(await files()).toEqual({ [object]: '0123456789', 'a/d': 'other' });
      await store.rename(object, 'a/b/c', key);
      expect(await files()).toEqual({ 'a/b/c': '0123456789', 'a/d': 'other' });
      expect(await store.look(object, key)).toBeUndefined();
      await expect(store.rename('nowhere', 'x', key)).rejects.toThrow(/./);
      expect(await store.look('x', key)).toBeUndefined();
    });

    it('removes a file and nothing beside it', async () => {
      const { store, files } = await made();
      await putFile(store, 'a/b', { of: key, bytes: content });
      await putFile(store, 'a/bb', { of: key, bytes: content });
      await putFile(store, 'a/d/e', { of: key, bytes: content });
      await store.remove('a/b', key);
      await store.remove('a/b', key);
      await store.remove('nowhere/c', key);
      expect(Object.keys(await files()).sort()).toEqual(['a/bb', 'a/d/e']);
      await store.remove('a/d/e', key);
      await store.remove('a/bb', key);
      expect(await files()).toEqual({});
    });

    it('has files of any names', async () => {
      const { store, files } = await made();
      for (const path of oddNames) await putFile(store, path, { of: key, bytes: content });
      expect(Object.keys(await files()).sort()).toEqual([...oddNames].sort());
      const [first = '', ...others] = oddNames;
      for (const path of others) {
        expect(await readFile(store, path, { of: key, fromByte: 3 })).toBe('3456789');
        await store.remove(path, key);
      }
      expect(Object.keys(await files())).toEqual([first]);
      const back = String.raw`n[e]w*/\?`;
      await store.rename(first, back, key);
      expect(Object.keys(await files())).toEqual([back]);
    });

    it('does several things at once', async () => {
      const { store, files } = await made();
      const paths = Array.from({ length: 6 }, (_, at) => `d/${at}/f`);
      await Promise.all(paths.map((path) => putFile(store, path, { of: key, bytes: content })));
      expect(Object.keys(await files()).sort()).toEqual(paths);
      const moved = paths.map((path) => `m/${path}`);
      await Promise.all(paths.map((path) => store.rename(path, `m/${path}`, key)));
      expect(Object.keys(await files()).sort()).toEqual(moved);
      await Promise.all(moved.map((path) => store.remove(path, key)));
      expect(await files()).toEqual({});
    });

    it('answers when it is probed', async () => {
      const { store } = await made();
      await expect(store.probe('question')).resolves.toBeUndefined();
      await expect(store.probe('change')).resolves.toBeUndefined();
    });
  });
}
