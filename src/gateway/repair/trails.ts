import type { Configuration } from '../../placement/index.ts';

/** Contents of which is remembered where they were. */
const rememberedMax = 100_000;

/**
 * Finds contents that repair moves round in a circle from one walk to the next: where sizes decide, each move of one
 * may be right and all of them in vain. To come back once is no circle yet: what had no room may have it when others
 * have gone.
 */
export class RepairTrails {
  /** Where each content was that repair has moved, by its key, since somebody else has moved it. */
  readonly #trails = new Map<string, string[]>();
  readonly #stopped = new Set<string>();
  #configuration: Configuration | undefined;

  /** What repair goes by from now on; under another configuration than before nothing is a circle yet. */
  by(configuration: Configuration): void {
    if (configuration !== this.#configuration) {
      this.#trails.clear();
      this.#stopped.clear();
    }
    this.#configuration = configuration;
  }

  /**
   * Notes that repair has moved a content; whether it is for the third time where it was. It is stopped then.
   *
   * @param by.before who had it, and `by.after` who has it, as texts that differ when these do.
   */
  isBack(keyText: string, { before, after }: { before: string; after: string }): boolean {
    if (before === after) return false;
    const known = this.#trails.get(keyText);
    if (known === undefined && this.#trails.size >= rememberedMax) return false;
    const trail = known?.at(-1) === before ? known : [before];
    this.#trails.set(keyText, trail);
    trail.push(after);
    const isBack = trail.filter((place) => place === after).length > 2;
    if (isBack && this.#stopped.size < rememberedMax) this.#stopped.add(keyText);
    return isBack;
  }

  /** Whether a content goes round in a circle, and is left where it is. */
  isStopped(keyText: string): boolean {
    return this.#stopped.has(keyText);
  }
}
