/** How many commits go by before git is asked whether its objects want packing. */
const commitsPerLook = 500;

/**
 * Lets git pack what many small commits leave behind. Each commit makes a handful of objects, and
 * no other command need ever run in a gateway's repository. `gc.auto = 0` turns it off.
 */
export class ObjectUpkeep {
  readonly #pack: (signal: AbortSignal) => Promise<void>;
  readonly #onProblem: (error: Error) => void;
  readonly #ending = new AbortController();
  #commits = 0;
  #running: Promise<void> | undefined;

  constructor(parts: {
    readonly pack: (signal: AbortSignal) => Promise<void>;
    readonly onProblem: (error: Error) => void;
  }) {
    this.#pack = parts.pack;
    this.#onProblem = parts.onProblem;
  }

  /** Counts commits; now and then that starts git's upkeep in the background. */
  committed(commits: number): void {
    this.#commits += commits;
    if (this.#commits < commitsPerLook || this.#running !== undefined) return;
    this.#commits = 0;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Ends an upkeep that is under way; git leaves its objects as they were. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#pack(this.#ending.signal);
    } catch (error) {
      if (!this.#ending.signal.aborted && error instanceof Error) this.#onProblem(error);
    }
  }
}
