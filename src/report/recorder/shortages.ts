import type { SimulatedRepository, SimulationWindow } from '../../simulation/index.ts';
import { BelowOverTime } from './below-over-time.ts';

/**
 * The files of which there are fewer copies than numcopies, and those of which there is none. A copy is
 * what a repository really holds, if it is trusted to keep it: those of untrusted and dead repositories do
 * not count, but what they hold is not lost.
 */
export class Shortages {
  readonly #world: SimulationWindow;
  readonly overTime: BelowOverTime;
  /** By key: how many files have it. */
  #files: number[] = [];
  /** By key. */
  #plights: (Plight | undefined)[] = [];
  #repositories: readonly SimulatedRepository[] = [];
  #below = 0;
  #lost = 0;

  constructor(world: SimulationWindow, ms: number) {
    this.#world = world;
    this.overTime = new BelowOverTime(ms);
  }

  /** Files below numcopies, lost ones among them. */
  get below(): number {
    return this.#below;
  }

  /** Files of which no repository holds a copy. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether any file has a key. */
  isUsed(key: number): boolean {
    return (this.#files[key] ?? 0) > 0;
  }

  /** A file got a key, or another file, by the number that comes to it: below zero for those that lost it. */
  count(key: number, more: number, ms: number): void {
    this.#set(key, (this.#files[key] ?? 0) + more, this.#plightOf(key));
    this.overTime.note(this.#below, ms);
  }

  /** Looks at one key again. */
  look(key: number, ms: number): void {
    this.#set(key, this.#files[key] ?? 0, this.#plightOf(key));
    this.overTime.note(this.#below, ms);
  }

  /** Looks at all files again, with repositories as they are now. */
  lookAtAll(repositories: readonly SimulatedRepository[], ms: number): void {
    this.learn(repositories);
    this.#files = [];
    this.#plights = [];
    [this.#below, this.#lost] = [0, 0];
    for (const file of this.#world.files()) {
      const key = this.#world.keyNumber(file) ?? 0;
      this.#set(key, (this.#files[key] ?? 0) + 1, this.#plights[key] ?? this.#plightOf(key));
    }
    this.overTime.note(this.#below, ms);
  }

  /** Learns which repositories there are, and how they are trusted. */
  learn(repositories: readonly SimulatedRepository[]): void {
    this.#repositories = repositories;
  }

  #set(key: number, files: number, plight: Plight): void {
    this.#add(key, -1);
    this.#files[key] = files;
    this.#plights[key] = plight;
    this.#add(key, 1);
  }

  #add(key: number, sign: 1 | -1): void {
    const plight = this.#plights[key] ?? 'enough';
    const files = (this.#files[key] ?? 0) * sign;
    if (plight !== 'enough') this.#below += files;
    if (plight === 'lost') this.#lost += files;
  }

  #plightOf(key: number): Plight {
    const { numcopies } = this.#world;
    let copies = 0;
    let isLost = true;
    for (const [place, { trust }] of this.#repositories.entries()) {
      if (!this.#world.isHeld(key, place)) continue;
      isLost = false;
      if (trust === 'untrusted' || trust === 'dead') continue;
      copies += 1;
      if (copies >= numcopies) return 'enough';
    }
    return isLost ? 'lost' : 'short';
  }
}

type Plight = 'enough' | 'short' | 'lost';
