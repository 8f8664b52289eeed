/**
 * Bytes that need not have been moved: the least of them, since what had to pass through a repository on
 * its way is no waste. A transfer was in vain
 *
 * - when the content was dropped at its target again without having been passed on, or
 * - when it had been at its target before and was dropped there too early. Where the transfer that brought
 *   it then was in vain already, this one makes up for it.
 */
export class Waste {
  /** By file: what became of its content at each repository. */
  readonly #fates = new Map<string, (Fate | undefined)[]>();
  #bytes = 0n;

  get bytes(): bigint {
    return this.#bytes;
  }

  /** A content was moved between two repositories. */
  moved(file: string, from: number, to: number, bytes: bigint): void {
    const fates = this.#of(file);
    if (fates[from] === 'came') fates[from] = 'stays';
    if (fates[to] === 'gone') {
      this.#bytes += bytes;
      fates[to] = 'stays';
    } else fates[to] = 'came';
  }

  /** A content was dropped. */
  dropped(file: string, from: number, bytes: bigint): void {
    const fates = this.#of(file);
    if (fates[from] === 'came') {
      this.#bytes += bytes;
      fates[from] = 'in-vain';
    } else fates[from] = 'gone';
  }

  /** A command gave the file a new content. */
  replaced(file: string): void {
    this.#fates.delete(file);
  }

  #of(file: string): (Fate | undefined)[] {
    let fates = this.#fates.get(file);
    if (fates === undefined) this.#fates.set(file, (fates = []));
    return fates;
  }
}

/**
 * `came`: moved here, and no use yet. `stays`: of use, or counted as waste already. `gone`: dropped, although
 * it was of use or had been given. `in-vain`: dropped, and its transfer counted as waste.
 */
type Fate = 'came' | 'stays' | 'gone' | 'in-vain';
