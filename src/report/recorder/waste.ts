/**
 * Bytes that need not have been moved: the least of them, since what had to pass through a repository on
 * its way is no waste. A transfer was in vain
 *
 * - when the content was dropped at its target again without having been passed on, or
 * - when it had been at its target before and was dropped there too early. Where the transfer that brought
 *   it then was in vain already, this one makes up for it.
 *
 * What is lost with a disk was not dropped, and comes again for a reason.
 */
export class Waste {
  /** By key: what became of it at each repository. */
  readonly #fates = new Map<number, (Fate | undefined)[]>();
  #bytes = 0n;

  get bytes(): bigint {
    return this.#bytes;
  }

  /** A content was moved between two repositories. */
  moved(key: number, from: number, to: number, bytes: bigint): void {
    const fates = this.#of(key);
    if (fates[from] === 'came') fates[from] = 'stays';
    if (fates[to] === 'gone') {
      this.#bytes += bytes;
      fates[to] = 'stays';
    } else fates[to] = 'came';
  }

  /** A content was dropped. */
  dropped(key: number, from: number, bytes: bigint): void {
    const fates = this.#of(key);
    if (fates[from] === 'came') {
      this.#bytes += bytes;
      fates[from] = 'in-vain';
    } else fates[from] = 'gone';
  }

  /** No file has the key any more. */
  forget(key: number): void {
    this.#fates.delete(key);
  }

  /** A repository lost all that it had. */
  lost(place: number): void {
    for (const fates of this.#fates.values()) fates[place] = undefined;
  }

  #of(key: number): (Fate | undefined)[] {
    let fates = this.#fates.get(key);
    if (fates === undefined) this.#fates.set(key, (fates = []));
    return fates;
  }
}

/**
 * `came`: moved here, and no use yet. `stays`: of use, or counted as waste already. `gone`: dropped, although
 * it was of use or had been given. `in-vain`: dropped, and its transfer counted as waste.
 */
type Fate = 'came' | 'stays' | 'gone' | 'in-vain';
