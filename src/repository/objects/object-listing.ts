import { compareBytes, decodeText, isErrorCode } from '../../units/index.ts';
import { parseKeyFile, type Key } from '../../key/index.ts';
import type { Disk } from '../files/disk.ts';
import { textBytes } from '../files/native/text-bytes.ts';

/** A key that a repository has a file of, and where a walk goes on behind it. */
export interface ListedKey {
  readonly key: Key;
  /** `pX/ZJ/KEYFILE`, from the object directory: greater than that of all keys before. */
  readonly place: string;
}

/**
 * The keys that have a directory with a file of their name below an object directory, in the order of the
 * bytes of their places: about one system call each. What comes or goes meanwhile is there or not.
 *
 * @param after only those behind this place.
 */
export async function* listObjects(
  objects: Buffer,
  disk: Disk,
  after = '',
): AsyncGenerator<ListedKey, void, undefined> {
  for await (const outer of namesFrom(objects, '', disk, after)) {
    for await (const inner of namesFrom(objects, outer, disk, after)) {
      for await (const place of namesFrom(objects, inner, disk, after)) {
        if (compareBytes(place, after) <= 0) continue;
        const name = place.slice(inner.length + 1);
        const key = parseKeyFile(name);
        if (key === undefined) continue;
        const status = await disk.look(pathOf(objects, `${place}/${name}`));
        if (status?.isFile() === true) yield { key, place };
      }
    }
  }
}

/** What is in a directory, by places from the top; those that all of is before `after` are left out. */
async function* namesFrom(
  objects: Buffer,
  directory: string,
  disk: Disk,
  after: string,
): AsyncGenerator<string, void, undefined> {
  const names = await namesIn(pathOf(objects, directory), disk);
  const places = names.map((name) => {
    const text = decodeText(name);
    return directory === '' ? text : `${directory}/${text}`;
  });
  for (const place of places.sort(compareBytes)) {
    if (compareBytes(place, after.slice(0, place.length)) >= 0) yield place;
  }
}

async function namesIn(path: Buffer, disk: Disk): Promise<readonly Buffer[]> {
  try {
    return await disk.names(path);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function pathOf(objects: Buffer, place: string): Buffer {
  return place === '' ? objects : Buffer.concat([objects, Buffer.from('/'), textBytes(place)]);
}
