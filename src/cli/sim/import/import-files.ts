import { serializeKey } from '../../../key/index.ts';
import type { RealAnnex, RealCounts } from '../../../simulation/index.ts';
import type { OpenAnnex } from '../../../annex/index.ts';

/** The files of an annex, as an import needs them. */
export interface RealFiles extends Omit<RealCounts, 'unreadLogs'> {
  /** The first file of each content, by its serialized key. */
  readonly first: ReadonlyMap<string, string>;
}

/** Reads the tree, and what .gitattributes say of its files. */
export async function readFiles(reader: OpenAnnex, annex: RealAnnex): Promise<RealFiles> {
  const first = new Map<string, string>();
  let otherNames = 0;
  async function* names(): AsyncGenerator<readonly string[]> {
    for await (const files of reader.files()) {
      for (const { file, key } of files) {
        const keyText = serializeKey(key);
        if (first.has(keyText)) otherNames += 1;
        else first.set(keyText, file);
      }
      yield files.map(({ file }) => file);
    }
  }
  let otherCopies = 0;
  for await (const { numcopies, mincopies } of reader.copies(names())) {
    if (isOther(numcopies, annex.numcopies) || isOther(mincopies, annex.mincopies)) {
      otherCopies += 1;
    }
  }
  return { first, otherNames, otherCopies };
}

/** Whether a file's own number counts and is another one; those below 1 stand for 1, as no number does. */
function isOther(own: number | undefined, ofAll: number | undefined): boolean {
  return own !== undefined && Math.max(1, own) !== Math.max(1, ofAll ?? 1);
}
