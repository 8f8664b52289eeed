import type { Views } from './views.ts';

/** How much fits on the disks of repositories, and what is on its way to them. */
export class Disks {
  readonly #views: Views;
  /** Bytes by repository; the disks of others are without end. */
  readonly sizes: Map<number, bigint> = new Map();
  readonly #expected = new Map<number, bigint>();

  constructor(views: Views) {
    this.#views = views;
  }

  /** Notes that so many bytes are on their way, or no more when it is a number below zero. */
  expect(repository: number, bytes: bigint): void {
    this.#expected.set(repository, (this.#expected.get(repository) ?? 0n) + bytes);
  }

  /** Bytes that are free; `undefined` where there is no end. */
  freeBytes(repository: number): bigint | undefined {
    const size = this.sizes.get(repository);
    if (size === undefined) return undefined;
    const expected = this.#expected.get(repository) ?? 0n;
    return size - this.#views.bytes(repository, repository) - expected;
  }

  /** Whether so many bytes more fit. */
  hasRoom(repository: number, bytes: bigint): boolean {
    if (this.sizes.size === 0) return true;
    const free = this.freeBytes(repository);
    return free === undefined || bytes <= free;
  }
}
