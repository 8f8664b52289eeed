import type { Configuration, RepairMove } from '../../placement/index.ts';
import type { RepositorySizes } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { knownSizeBytes } from '../branch-facts.ts';

/** How full repositories are once what is planned is done. */
export class SizeLedger {
  readonly #sizes: Pick<RepositorySizes, 'sizeBytes'>;
  readonly #configuration: Configuration;
  readonly #changes = new Map<Uuid, bigint>();

  /** @param sizes as they are before anything is planned. */
  constructor(sizes: Pick<RepositorySizes, 'sizeBytes'>, configuration: Configuration) {
    this.#sizes = sizes;
    this.#configuration = configuration;
  }

  /** Counts a planned move of a content of so many bytes. */
  count({ kind, repository }: RepairMove, bytes: bigint): void {
    const before = this.#changes.get(repository) ?? 0n;
    this.#changes.set(repository, kind === 'get' ? before + bytes : before - bytes);
  }

  /** Bytes that a repository has then; `undefined` where that is not known, and nothing is planned for it. */
  sizeBytes(repository: Uuid): bigint | undefined {
    const known = knownSizeBytes(repository, this.#sizes, this.#configuration);
    const change = this.#changes.get(repository);
    return change === undefined ? known : (known ?? 0n) + change;
  }
}
