import type { Views } from './views.ts';

/** How much fits on the disks of repositories, and what is on its way to them. */
export class DiskRoom {
  readonly #views: Views;
  readonly #sizes = new Map<number, bigint>();
  readonly #expected = new Map<number, bigint>();
  #changes = 0;

  constructor(views: Views) {
    this.#views = views;
  }

  /**
   * A number that changes when there may be room that there was not before. What takes room lets nobody find
   * anything to do, and is not counted.
   */
  get changes(): number {
    return this.#changes;
  }

  /** Bytes by repository; the disks of others are without end. */
  get sizes(): ReadonlyMap<number, bigint> {
    return this.#sizes;
  }

  /** Gives a repository a disk of so many bytes. */
  setSize(repository: number, bytes: bigint): void {
    this.#changes += 1;
    this.#sizes.set(repository, bytes);
  }

  /** Keeps room for so many bytes that are on their way to a repository, until they are {@link release released}. */
  expect(repository: number, bytes: bigint): void {
    this.#expected.set(repository, (this.#expected.get(repository) ?? 0n) + bytes);
  }

  /** So many bytes are on their way no more: they have come, or broke off. */
  release(repository: number, bytes: bigint): void {
    this.#changes += 1;
    this.expect(repository, -bytes);
  }

  /** Bytes that are free; `undefined` where there is no end. */
  freeBytes(repository: number): bigint | undefined {
    const size = this.#sizes.get(repository);
    if (size === undefined) return undefined;
    const expected = this.#expected.get(repository) ?? 0n;
    return size - this.#views.bytes(repository, repository) - expected;
  }

  /** Whether so many bytes more fit. */
  hasRoom(repository: number, bytes: bigint): boolean {
    if (this.#sizes.size === 0) return true;
    const free = this.freeBytes(repository);
    return free === undefined || bytes <= free;
  }
}
