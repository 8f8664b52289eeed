import { serializeKey } from '../../key/index.ts';
import type { AttributeCopies } from '../../repository/index.ts';
import type { OpenAnnex } from '../annex.ts';

/** The files of the commit that is checked out by their keys, and what .gitattributes say of their copies. */
export class FilesByKey {
  /** One file stands alone: nearly all keys have one, and a million lists would take twice the memory. */
  readonly #files = new Map<string, string | string[]>();
  readonly #copies = new Map<string, AttributeCopies>();

  private constructor() {}

  /** Reads all of them: some 100,000 a second, and some 150 bytes of memory each beside its names. */
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
    const known = this.#files.get(keyText);
    if (known === undefined) this.#files.set(keyText, file);
    else if (typeof known === 'string') this.#files.set(keyText, [known, file]);
    else known.push(file);
  }

  /** The files that use a key, in their order; none of one that is used by none. */
  filesOf(keyText: string): readonly string[] {
    const known = this.#files.get(keyText);
    if (known === undefined) return none;
    return typeof known === 'string' ? [known] : known;
  }

  /** What .gitattributes say of a file; `undefined` where they say nothing. */
  copiesOf(file: string | undefined): AttributeCopies | undefined {
    return file === undefined ? undefined : this.#copies.get(file);
  }

  /** Keys that files use, whether or not there is a location log of them. */
  keys(): Iterable<string> {
    return this.#files.keys();
  }
}

const none: readonly string[] = [];
