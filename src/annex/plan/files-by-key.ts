import { serializeKey } from '../../key/index.ts';
import type { AttributeCopies } from '../../repository/index.ts';
import type { OpenAnnex } from '../annex.ts';
import { NameList } from './name-list.ts';

/** The files of the commit that is checked out by their keys, and what .gitattributes say of their copies. */
export class FilesByKey {
  readonly #places = new Map<string, number>();
  readonly #names = new NameList();
  /** The number of the first file's name, by place. */
  readonly #first: number[] = [];
  /** Those of the other files, by place: nearly all keys have one file. */
  readonly #others = new Map<number, number[]>();
  readonly #copies = new Map<string, AttributeCopies>();

  private constructor() {}

  /** Reads all of them: some 100,000 a second, and some 200 bytes of memory each. */
  static async read(annex: OpenAnnex): Promise<FilesByKey> {
    const read = new FilesByKey();
    const waiting: (readonly string[])[] = [];
    async function* names(): AsyncGenerator<readonly string[]> {
      for await (const files of annex.files()) {
        for (const { file, key } of files) read.#add(serializeKey(key), file);
        const some = files.map(({ file }) => file);
        if (some.length > 0) waiting.push(some);
        yield some;
      }
    }
    let at = 0;
    for await (const copies of annex.copies(names())) {
      const file = waiting[0]?.[at];
      at += 1;
      const isSaid = copies.numcopies !== undefined || copies.mincopies !== undefined;
      if (isSaid && file !== undefined) read.#copies.set(file, copies);
      if (at !== waiting[0]?.length) continue;
      waiting.shift();
      at = 0;
    }
    return read;
  }

  #add(keyText: string, file: string): void {
    const name = this.#names.push(file);
    const place = this.#places.get(keyText);
    if (place === undefined) {
      this.#places.set(keyText, this.#first.length);
      this.#first.push(name);
      return;
    }
    const others = this.#others.get(place);
    if (others === undefined) this.#others.set(place, [name]);
    else others.push(name);
  }

  /** How many keys files use. */
  get size(): number {
    return this.#first.length;
  }

  /** Which of them a key is, from 0; `undefined` of one that is used by none. */
  placeOf(keyText: string): number | undefined {
    return this.#places.get(keyText);
  }

  /** The files that use the key at a place, in their order; none where there is no such place. */
  filesAt(place: number | undefined): readonly string[] {
    const first = place === undefined ? undefined : this.#first[place];
    if (place === undefined || first === undefined) return none;
    const names = [first, ...(this.#others.get(place) ?? none)];
    return names.map((name) => this.#names.at(name));
  }

  /** What .gitattributes say of a file; `undefined` where they say nothing. */
  copiesOf(file: string | undefined): AttributeCopies | undefined {
    return file === undefined ? undefined : this.#copies.get(file);
  }

  /** Keys that files use, whether or not there is a location log of them, by their places. */
  keys(): Iterable<[keyText: string, place: number]> {
    return this.#places;
  }
}

const none: readonly never[] = [];
