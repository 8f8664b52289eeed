import type { Clock } from '../../clock/index.ts';
import { newestVersion, type ProtocolVersion } from '../../protocol/index.ts';

/**
 * The version that a server is asked in. The newest one, until an older one was answered where all
 * newer ones were not found; that one is then asked in at once, for a while: the server may be
 * brought up to date at any time, and then answers still, but less. Forgotten when nothing at all
 * is found.
 */
export class VersionMemory {
  readonly #forMs: number;
  readonly #clock: Pick<Clock, 'steadyMs'>;
  #known: { readonly version: ProtocolVersion; readonly untilMs: number } | undefined;

  constructor(forMs: number, clock: Pick<Clock, 'steadyMs'>) {
    this.#forMs = forMs;
    this.#clock = clock;
  }

  /** The version to begin with. */
  get current(): ProtocolVersion {
    if (this.#known !== undefined && this.#clock.steadyMs() >= this.#known.untilMs)
      this.#known = undefined;
    return this.#known?.version ?? newestVersion;
  }

  /** A request in this version was answered. */
  answered(version: ProtocolVersion): void {
    if (version === this.current) return;
    this.#known = { version, untilMs: this.#clock.steadyMs() + this.#forMs };
  }

  forget(): void {
    this.#known = undefined;
  }
}
