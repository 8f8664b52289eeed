import type { Repository } from '../repository/index.ts';
import type { GatewayLimits } from './limits.ts';
import type { Warn } from './node-work.ts';

/**
 * Clears, now and then, what interrupted uploads have left and nobody has come back for, and what
 * killed processes have.
 */
export class PartialSweep {
  readonly #repositories: () => Promise<readonly Repository[]>;
  readonly #lifetimeMs: number;
  readonly #warn: Warn;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  /** @param options.repositories those that uploads go to, as far as they are open. */
  constructor(options: {
    readonly repositories: () => Promise<readonly Repository[]>;
    readonly limits: Pick<GatewayLimits, 'partialLifetimeMs' | 'partialSweepMs'>;
    readonly warn: Warn;
  }) {
    this.#repositories = options.repositories;
    this.#lifetimeMs = options.limits.partialLifetimeMs;
    this.#warn = options.warn;
    this.#timer = setInterval(() => void this.run(), options.limits.partialSweepMs).unref();
  }

  /** Looks once through all repositories. One that is under way is not begun again. */
  run(): Promise<void> {
    this.#running ??= this.#sweep().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    for (const repository of await this.#repositories()) {
      try {
        if (!(await repository.isInPlace())) continue;
        await repository.objects.expirePartials(this.#lifetimeMs);
        await repository.leftovers.clear();
      } catch (error) {
        this.#warn(`what was left in ${repository.gitDirectory} cannot be cleared`, error);
      }
    }
  }
}
