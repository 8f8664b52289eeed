import type { Clock, Timer } from '../../clock/index.ts';
import type { Repository } from '../../repository/index.ts';
import type { GatewayLimits } from '../limits.ts';
import type { Warn } from '../notices/warn.ts';

/**
 * Clears, now and then, what interrupted uploads have left and nobody has come back for, and what
 * killed processes have.
 */
export class PartialSweep {
  readonly #repositories: () => Promise<readonly Repository[]>;
  readonly #lifetimeMs: number;
  readonly #warn: Warn;
  readonly #timer: Timer;
  readonly #sweeping = new Set<Repository>();

  /** @param options.repositories those that uploads go to, as far as they are open. */
  constructor(options: {
    readonly repositories: () => Promise<readonly Repository[]>;
    readonly limits: Pick<GatewayLimits, 'partialLifetimeMs' | 'partialSweepMs'>;
    readonly clock: Clock;
    readonly warn: Warn;
  }) {
    this.#repositories = options.repositories;
    this.#lifetimeMs = options.limits.partialLifetimeMs;
    this.#warn = options.warn;
    this.#timer = options.clock.every(options.limits.partialSweepMs, () => void this.run());
    this.#timer.unref();
  }

  /** Looks once through all repositories, but for those that are being looked through. */
  async run(): Promise<void> {
    await Promise.all((await this.#repositories()).map((repository) => this.#sweep(repository)));
  }

  close(): void {
    this.#timer.close();
  }

  async #sweep(repository: Repository): Promise<void> {
    if (this.#sweeping.has(repository)) return;
    this.#sweeping.add(repository);
    try {
      if (!(await repository.isInPlace())) return;
      await repository.objects.expirePartials(this.#lifetimeMs);
      await repository.leftovers.clear();
    } catch (error) {
      this.#warn(`what was left in ${repository.gitDirectory} cannot be cleared`, error);
    } finally {
      this.#sweeping.delete(repository);
    }
  }
}
