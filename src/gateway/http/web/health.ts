import type { Clock } from '../../../clock/index.ts';
import { within } from '../../../waiting/index.ts';
import { errorCode } from '../../../units/index.ts';

/** How long the repository may take to be read before it counts as unreadable, milliseconds. */
const readingMs = 3000;

/** What is wrong; `undefined` when all is well. */
export type Health = string | undefined;

/**
 * Whether a gateway can serve, asked by load balancers and supervisors. However many ask, there is
 * one look at the repository at a time: on a disk that hangs each would occupy a thread for good.
 */
export class HealthCheck {
  readonly #read: () => Promise<void>;
  readonly #limitMs: number;
  readonly #clock: Clock;
  readonly #warn: (message: string, error: unknown) => void;
  #looking: Promise<void> | undefined;
  #isIll = false;

  constructor(options: {
    /** Reads the repository as a request would; rejects when that fails. */
    readonly read: () => Promise<void>;
    readonly warn: (message: string, error: unknown) => void;
    readonly clock: Clock;
    /** Default: 3000. */
    readonly limitMs?: number;
  }) {
    this.#read = options.read;
    this.#warn = options.warn;
    this.#clock = options.clock;
    this.#limitMs = options.limitMs ?? readingMs;
  }

  /** Settles within the limit. The reason names no directories: anybody may ask. */
  async look(): Promise<Health> {
    try {
      const limitMs = this.#limitMs;
      const error = (): Error => new Error(`no answer within ${limitMs} ms`);
      await within(this.#look(), { clock: this.#clock, limitMs, error });
      this.#isIll = false;
      return undefined;
    } catch (error) {
      if (!this.#isIll) this.#warn("the gateway's repository cannot be read", error);
      this.#isIll = true;
      return reasonOf(error);
    }
  }

  #look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }
}

function reasonOf(error: unknown): string {
  const reason = "the gateway's repository cannot be read";
  const code = errorCode(error);
  return typeof code === 'string'
    ? `${reason} (${code})`
    : `${reason}; the gateway's log tells why`;
}
