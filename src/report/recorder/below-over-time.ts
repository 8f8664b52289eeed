/** How long files were below numcopies, in simulated time and in actions, and how many at worst. */
export class BelowOverTime {
  #below = 0;
  #sinceMs: number;
  #sumMs = 0;
  #most = 0;
  #actions = 0;

  constructor(ms: number) {
    this.#sinceMs = ms;
  }

  /** Most files that were below at one time. */
  get most(): number {
    return this.#most;
  }

  /** After how many actions any were. */
  get actions(): number {
    return this.#actions;
  }

  /** How long any were, up to a time. */
  untilMs(ms: number): number {
    return this.#sumMs + (this.#below > 0 ? ms - this.#sinceMs : 0);
  }

  /** So many are from this time on. */
  note(below: number, ms: number): void {
    this.#sumMs = this.untilMs(ms);
    this.#sinceMs = ms;
    this.#below = below;
  }

  /** What was noted last stands: nothing more changes at once with it. */
  settle({ isAction }: { readonly isAction: boolean }): void {
    this.#most = Math.max(this.#most, this.#below);
    if (isAction && this.#below > 0) this.#actions += 1;
  }
}
