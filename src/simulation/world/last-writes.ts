/** How many entries are kept at least, and for how many keys one more. */
const keptLeast = 1024;
const keysForOne = 4;

/**
 * Which cells of a view were written last, in order, as far back as is kept: who was up to date at a
 * position need only look at those that came after it.
 */
export class LastWrites {
  /** Two numbers an entry, repository and key; places go round. */
  #entries = new Int32Array(0);
  #capacity = 0;
  #first: number;
  #end: number;

  /** @param first the position of its first entry: no position before it is remembered. */
  constructor(first: number = 0) {
    this.#first = first;
    this.#end = first;
  }

  /** The position behind the last entry. */
  get end(): number {
    return this.#end;
  }

  add(repository: number, key: number): void {
    if (this.#end - this.#first >= this.#capacity) this.#makeRoom(key);
    const place = (this.#end % this.#capacity) * 2;
    this.#entries[place] = repository;
    this.#entries[place + 1] = key;
    this.#end += 1;
  }

  /** Grows while there are more keys than it is made for; else the first entry goes. */
  #makeRoom(key: number): void {
    const wanted = Math.max(keptLeast, Math.ceil(key / keysForOne));
    // Half as much again, or it would be laid out anew for every few keys.
    if (wanted < this.#capacity * 1.5) {
      this.#first += 1;
      return;
    }
    const capacity = Math.min(wanted, Math.max(keptLeast, this.#capacity * 2));
    const entries = new Int32Array(capacity * 2);
    let position = this.#first;
    this.tell(position, (repository, own) => {
      const place = (position % capacity) * 2;
      entries[place] = repository;
      entries[place + 1] = own;
      position += 1;
    });
    this.#entries = entries;
    this.#capacity = capacity;
  }

  /** Whether all that came after a position is kept. */
  remembers(position: number): boolean {
    return position >= this.#first && position <= this.#end;
  }

  /** Tells all entries from a position on, which must be remembered. */
  tell(position: number, told: (repository: number, key: number) => void): void {
    for (let at = position; at < this.#end; at += 1) {
      const place = (at % this.#capacity) * 2;
      told(this.#entries[place] ?? 0, this.#entries[place + 1] ?? 0);
    }
  }
}
