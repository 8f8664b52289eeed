import type { Listed } from './listing.ts';

/** How many paths are asked about at once. */
const pathsMax = 200;

type Answer = ReadonlyMap<string, Listed>;

interface Question {
  readonly paths: readonly string[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks at a remote, one at a time: each is a program, and often a connection, and what is asked meanwhile is
 * asked together by the next one.
 */
export class Lookups {
  readonly #list: (paths: readonly string[]) => Promise<Answer>;
  #waiting: Question[] = [];
  #isAsking = false;

  constructor(list: (paths: readonly string[]) => Promise<Answer>) {
    this.#list = list;
  }

  /** What stands at some paths, and maybe at others; what is not there is not in it. */
  ask(paths: readonly string[]): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ paths, resolve, reject });
    });
    if (!this.#isAsking) void this.#askAll();
    return answer;
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.length > 0) {
      // Those who ask in this turn ask together.
      await Promise.resolve();
      const asked = this.#takeSome();
      try {
        const answer = await this.#list(asked.flatMap(({ paths }) => paths));
        for (const { resolve } of asked) resolve(answer);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#isAsking = false;
  }

  #takeSome(): readonly Question[] {
    let paths = 0;
    const count = this.#waiting.findIndex((one) => {
      paths += one.paths.length;
      return paths > pathsMax;
    });
    return this.#waiting.splice(0, count < 0 ? this.#waiting.length : Math.max(1, count));
  }
}
