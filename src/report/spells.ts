/** From when to when something was so, milliseconds. */
export interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many spells are kept for pictures: more than can be told apart on them. */
const spellsMax = 1000;

/** When something was so: how long exactly, and when, less exactly the more often it changed. */
export class Spells {
  #sinceMs: number | undefined;
  #sumMs = 0;
  #spells: Spell[] = [];
  /** Spells with no more between them than this are one, for pictures. */
  #gapMs = 0;

  /** Something is so from now on, or no more. */
  set(isSo: boolean, ms: number): void {
    if (isSo === (this.#sinceMs !== undefined)) return;
    if (this.#sinceMs === undefined) {
      this.#sinceMs = ms;
      return;
    }
    this.#sumMs += ms - this.#sinceMs;
    this.#spells.push({ fromMs: this.#sinceMs, toMs: ms });
    this.#sinceMs = undefined;
    while (this.#spells.length > spellsMax) {
      this.#gapMs = Math.max(1, this.#gapMs * 2);
      this.#spells = joined(this.#spells, this.#gapMs);
    }
  }

  /** How long it was so, up to a time. */
  untilMs(ms: number): number {
    return this.#sumMs + (this.#sinceMs === undefined ? 0 : ms - this.#sinceMs);
  }

  /** When it was, up to a time. */
  until(ms: number): readonly Spell[] {
    if (this.#sinceMs === undefined || this.#sinceMs === ms) return this.#spells;
    return [...this.#spells, { fromMs: this.#sinceMs, toMs: ms }];
  }
}

function joined(spells: readonly Spell[], gapMs: number): Spell[] {
  const all: Spell[] = [];
  for (const spell of spells) {
    const last = all.at(-1);
    if (last === undefined || spell.fromMs - last.toMs > gapMs) all.push(spell);
    else all.splice(-1, 1, { fromMs: last.fromMs, toMs: spell.toMs });
  }
  return all;
}
