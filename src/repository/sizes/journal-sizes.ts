import type { AnnexBranch } from '../annex-branch.ts';
import { keyOfLocationLog } from '../logs/location-log.ts';
import type { JournalFile } from '../branch/journal.ts';
import { addChange, addTotals, type SizeTotals } from './size-totals.ts';
import { mergedForWriting } from '../branch/union-merge.ts';

/** What one entry of the journal adds to the branch. */
interface Entry {
  file: JournalFile;
  /** The commit that the entry was compared with; `undefined` until it was. */
  comparedWith: string | undefined;
  totals: SizeTotals;
}

/**
 * What the journal adds to, and takes from, the sizes of the branch. Entries are read again only
 * when they have been replaced, and compared again when the branch has moved. Memory grows with the
 * journal, which is short: it is committed within a second.
 */
export class JournalSizes {
  readonly #branch: AnnexBranch;
  #entries = new Map<string, Entry>();
  #version: string | undefined;
  #unreadBytes = 0n;

  constructor(branch: AnnexBranch) {
    this.#branch = branch;
  }

  /** Bytes of contents whose entries cannot be read: any repository may hold them. */
  get unreadBytes(): bigint {
    return this.#unreadBytes;
  }

  /** Reads the entries that are new. Cheap when the journal's directory is unchanged. */
  async read(): Promise<void> {
    const version = await this.#branch.journalVersion();
    if (version === this.#version) return;
    const entries = new Map<string, Entry>();
    let unreadBytes = 0n;
    for (const path of await this.#branch.journalPaths()) {
      const key = keyOfLocationLog(path);
      if (key === undefined) continue;
      let file: JournalFile | undefined;
      try {
        file = await this.#branch.readJournal(path);
      } catch {
        // The commits tell of it; one file must not hinder all that is placed.
        unreadBytes += key.sizeBytes ?? 0n;
      }
      if (file === undefined) continue;
      const known = this.#entries.get(path);
      const isSame = known?.file.identity === file.identity;
      entries.set(path, isSame ? known : { file, comparedWith: undefined, totals: new Map() });
    }
    this.#entries = entries;
    this.#unreadBytes = unreadBytes;
    this.#version = version;
  }

  /** What the entries add to each repository's total at that commit. */
  async compare(tip: string | undefined): Promise<SizeTotals> {
    const commit = tip ?? 'none';
    await Promise.all(
      [...this.#entries.values()]
        .filter(({ comparedWith }) => comparedWith !== commit)
        .map(async (entry) => {
          const { path, text } = entry.file;
          const committed =
            tip === undefined ? '' : ((await this.#branch.readCommitted(path, tip)) ?? '');
          const after = mergedForWriting(path, { ours: text, theirs: committed });
          entry.totals = new Map();
          addChange(entry.totals, { path, before: committed, after });
          entry.comparedWith = commit;
        }),
    );
    const totals: SizeTotals = new Map();
    for (const entry of this.#entries.values()) addTotals(totals, entry.totals);
    return totals;
  }
}
