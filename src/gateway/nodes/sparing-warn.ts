import type { Clock } from '../../clock/index.ts';
import type { Warn } from '../notices/warn.ts';
import { errorCode } from '../../units/index.ts';

/** How long one trouble is told of once, milliseconds. */
const onceMs = 60_000;

/** Most troubles that are held apart; of further ones each is told. */
const troublesMax = 1000;

/** What a node did not do with a content. */
export interface NodeTrouble {
  readonly node: { readonly name: string };
  /** What it did, as words behind its name: `takes no`. */
  readonly act: string;
  /** What it did that to: a key. */
  readonly subject: string;
  readonly error: unknown;
}

/**
 * Tells of what nodes do not do with one content after another: of one act of a node, with one kind
 * of error, the first, and each minute how many more there were. A node that is away or full would
 * otherwise fill the log, a line for each content.
 */
export class SparingWarn {
  readonly #warn: Warn;
  readonly #clock: Clock;
  readonly #more = new Map<string, number>();

  constructor(warn: Warn, clock: Clock) {
    this.#warn = warn;
    this.#clock = clock;
  }

  tell({ node, act, subject, error }: NodeTrouble): void {
    const kind = error instanceof Error ? `${error.name} ${errorCode(error) ?? ''}` : String(error);
    const trouble = `${node.name} ${act} ${kind}`;
    const more = this.#more.get(trouble);
    if (more !== undefined) {
      this.#more.set(trouble, more + 1);
      return;
    }
    this.#warn(`${node.name} ${act} ${subject}`, error);
    if (this.#more.size >= troublesMax) return;
    this.#more.set(trouble, 0);
    const over = (): void => {
      const told = this.#more.get(trouble) ?? 0;
      this.#more.delete(trouble);
      if (told > 0) this.#warn(`${node.name} ${act} ${told} more in the last minute`, error);
    };
    this.#clock.after(onceMs, over).unref();
  }
}
