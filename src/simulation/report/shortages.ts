import type { SimulatedRepository, SimulationWindow } from '../world/window.ts';

/**
 * The files of which there are fewer copies than numcopies. A copy is what a repository really holds, if
 * it is trusted to keep it: those of untrusted and dead repositories do not count.
 */
export class Shortages {
  readonly #world: SimulationWindow;
  readonly #files = new Set<string>();

  constructor(world: SimulationWindow) {
    this.#world = world;
  }

  get count(): number {
    return this.#files.size;
  }

  /** Looks at one file again. */
  look(file: string, repositories: readonly SimulatedRepository[]): void {
    if (this.#isShort(file, repositories)) this.#files.add(file);
    else this.#files.delete(file);
  }

  /** Looks at all files. */
  lookAtAll(repositories: readonly SimulatedRepository[]): void {
    this.#files.clear();
    for (const file of this.#world.files()) this.look(file, repositories);
  }

  #isShort(file: string, repositories: readonly SimulatedRepository[]): boolean {
    const { numcopies } = this.#world;
    let copies = 0;
    for (const { name, trust } of repositories) {
      if (trust === 'untrusted' || trust === 'dead') continue;
      if (this.#world.holds(file, { view: name })) copies += 1;
      if (copies >= numcopies) return false;
    }
    return true;
  }
}
