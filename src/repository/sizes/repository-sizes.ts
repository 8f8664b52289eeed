import type { Uuid } from '../../units/index.ts';
import type { AnnexBranch } from '../annex-branch.ts';
import { JournalSizes } from './journal-sizes.ts';
import { isLocationLogPath } from '../logs/location-log.ts';
import { addChange, addTotals, type SizeTotals } from './size-totals.ts';

/**
 * How many bytes each repository holds, by the location logs (spec/git-annex-branch.md section
 * 4.1): one total a repository in memory, kept up with the branch by what differs between two
 * commits, and the journal on top.
 */
export class RepositorySizes {
  readonly #branch: AnnexBranch;
  readonly #journal: JournalSizes;
  #totals: SizeTotals = new Map();
  #pending: SizeTotals = new Map();
  #tip: string | undefined;
  #unreadBytes = 0n;
  #refreshing: Promise<void> | undefined;
  #again: Promise<void> | undefined;

  private constructor(branch: AnnexBranch) {
    this.#branch = branch;
    this.#journal = new JournalSizes(branch);
  }

  /** Sums up the whole branch once: some 100,000 logs a second. */
  static async open(branch: AnnexBranch): Promise<RepositorySizes> {
    const sizes = RepositorySizes.unread(branch);
    await sizes.refresh();
    return sizes;
  }

  /** Knows nothing before the first `refresh`, which sums up the whole branch: for a process that may never need it. */
  static unread(branch: AnnexBranch): RepositorySizes {
    return new RepositorySizes(branch);
  }

  /**
   * Takes in what has changed in the branch and the journal before the call. Cheap when nothing
   * has. Calls at once share the work.
   */
  refresh(): Promise<void> {
    if (this.#refreshing === undefined) {
      this.#refreshing = this.#refresh().finally(() => {
        this.#refreshing = undefined;
      });
      return this.#refreshing;
    }
    // The refresh under way may have looked before the caller's change; one more serves all.
    this.#again ??= this.#refreshing
      .catch(() => undefined)
      .then(() => {
        this.#again = undefined;
        return this.refresh();
      });
    return this.#again;
  }

  /**
   * Bytes held by a repository, as of the last refresh, or more where entries of the journal cannot be
   * read: then it may hold those contents too. `undefined` when its size is not known: it
   * has no key, and no description in uuid.log either.
   */
  sizeBytes(uuid: Uuid, isDescribed: boolean): bigint | undefined {
    const committed = this.#totals.get(uuid);
    const pending = this.#pending.get(uuid);
    const keys = (committed?.keys ?? 0) + (pending?.keys ?? 0);
    if (keys === 0 && !isDescribed) return undefined;
    return (committed?.bytes ?? 0n) + (pending?.bytes ?? 0n) + this.#unreadBytes;
  }

  /** Every repository that has a key in the branch, or of which the journal says something. */
  uuids(): ReadonlySet<Uuid> {
    return new Set([...this.#totals.keys(), ...this.#pending.keys()]);
  }

  async #refresh(): Promise<void> {
    // The journal first: an entry that is committed meanwhile counts once, in the branch.
    await this.#journal.read();
    const tip = await this.#branch.tip();
    const totals = tip === this.#tip ? this.#totals : await this.#totalsAt(tip);
    const pending = await this.#journal.compare(tip);
    // Together, so that no reader sees a change twice or not at all.
    this.#totals = totals;
    this.#pending = pending;
    this.#unreadBytes = this.#journal.unreadBytes;
    this.#tip = tip;
  }

  async #totalsAt(tip: string | undefined): Promise<SizeTotals> {
    const totals: SizeTotals = new Map();
    if (tip === undefined) return totals;
    if (this.#tip !== undefined && (await this.#branch.hasCommit(this.#tip))) {
      addTotals(totals, this.#totals);
      for await (const change of this.#branch.changesBetween(this.#tip, tip)) {
        addChange(totals, change);
      }
      return totals;
    }
    for await (const { path, text } of this.#branch.scan(tip, isLocationLogPath)) {
      addChange(totals, { path, before: '', after: text });
    }
    return totals;
  }
}
