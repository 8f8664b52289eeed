import type { Views } from '../world/views.ts';

/**
 * The sizes that balanced terms see in git-annex's simulator, in one repository (spec/sim.md sections 9
 * and 12.10): those of the view at the first question, and what a table says has changed since. The table
 * gets the running totals of the view before each evaluation, and keeps those that vanish from it.
 */
export class SizeTable {
  readonly #views: Views;
  readonly #here: number;
  readonly #table = new Map<number, bigint>();
  #changesSeen = -1;
  /** Of the first question in this run of the program. */
  #first:
    | { readonly base: readonly bigint[]; readonly start: ReadonlyMap<number, bigint> }
    | undefined;

  constructor(views: Views, here: number) {
    this.#views = views;
    this.#here = here;
  }

  /** Whether an update would change nothing. */
  get isCurrent(): boolean {
    return this.#changesSeen === this.#views.sizeChanges(this.#here);
  }

  /** Whether sizes were asked for in this run of the program. */
  get isBegun(): boolean {
    return this.#first !== undefined;
  }

  update(): void {
    if (this.isCurrent) return;
    this.#changesSeen = this.#views.sizeChanges(this.#here);
    for (let repository = 0; repository < this.#views.count; repository += 1) {
      const bytes = this.#views.liveBytes(this.#here, repository);
      if (bytes !== undefined) this.#table.set(repository, bytes);
    }
  }

  /** "size(x) = base(x) + table(x) - start(x), or base(x) if the table lacks x." */
  bytes(repository: number): bigint | undefined {
    const { base, start } = (this.#first ??= this.#begin());
    const first = base[repository];
    if (first === undefined) return undefined;
    const now = this.#table.get(repository);
    return now === undefined ? first : first + now - (start.get(repository) ?? 0n);
  }

  #begin(): { readonly base: readonly bigint[]; readonly start: ReadonlyMap<number, bigint> } {
    const base = Array.from({ length: this.#views.count }, (_, repository) =>
      this.#views.bytes(this.#here, repository),
    );
    return { base, start: new Map(this.#table) };
  }

  /** A run of the program ends: the table stays. */
  end(): void {
    this.#first = undefined;
  }

  save(): SavedTable {
    const entries = [...this.#table].map(([repository, bytes]) => ({
      repository,
      bytes: String(bytes),
    }));
    return { isCurrent: this.isCurrent, entries };
  }

  /** To be called when views are as they were. */
  restore({ isCurrent, entries }: ReadTable): void {
    for (const { repository, bytes } of entries) this.#table.set(repository, bytes);
    if (isCurrent) this.#changesSeen = this.#views.sizeChanges(this.#here);
  }
}

/** A {@link SavedTable} whose sizes were read. */
export interface ReadTable {
  readonly isCurrent: boolean;
  readonly entries: readonly { readonly repository: number; readonly bytes: bigint }[];
}

/** What is kept of a {@link SizeTable}. */
export interface SavedTable {
  readonly isCurrent: boolean;
  /** Bytes in decimal. */
  readonly entries: readonly { readonly repository: number; readonly bytes: string }[];
}
