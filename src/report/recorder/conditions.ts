import type { SimulatedRepository, SimulationWindow } from '../../simulation/index.ts';
import { shareOf } from '../words/byte-text.ts';
import { Spells, type Spell } from '../spells.ts';

/** What a repository went through. */
interface Fortune {
  readonly down: Spells;
  fullest: number | undefined;
}

/** When repositories were down, and how full their disks became. */
export class Conditions {
  readonly #world: SimulationWindow;
  readonly #fortunes: Fortune[] = [];
  readonly #down = new Set<number>();

  constructor(world: SimulationWindow) {
    this.#world = world;
  }

  /** The places of those that are down now. */
  get down(): readonly number[] {
    return [...this.#down].sort((left, right) => left - right);
  }

  /** Looks at all of them again; the places of those that went down or came back. */
  look(repositories: readonly SimulatedRepository[], ms: number): readonly number[] {
    const changed: number[] = [];
    for (const [place, repository] of repositories.entries()) {
      if (this.setDown(place, repository.isDown, ms)) changed.push(place);
      this.fill(place, repository);
    }
    return changed;
  }

  /** A repository is down from now on, or up; whether that is new. */
  setDown(place: number, isDown: boolean, ms: number): boolean {
    if (isDown === this.#down.has(place)) return false;
    this.#of(place).down.set(isDown, ms);
    if (isDown) this.#down.add(place);
    else this.#down.delete(place);
    return true;
  }

  /** What a repository holds has changed. */
  fill(place: number, { name, diskBytes }: SimulatedRepository): void {
    if (diskBytes === undefined || diskBytes === 0n) return;
    const fullness = shareOf(this.#world.bytes({ view: name }), diskBytes);
    const fortune = this.#of(place);
    fortune.fullest = Math.max(fortune.fullest ?? 0, fullness);
  }

  /** What a repository went through up to a time. */
  of(
    place: number,
    ms: number,
  ): {
    readonly downMs: number;
    readonly downSpells: readonly Spell[];
    readonly fullestOfDisk: number | undefined;
  } {
    const { down, fullest } = this.#of(place);
    return { downMs: down.untilMs(ms), downSpells: down.until(ms), fullestOfDisk: fullest };
  }

  #of(place: number): Fortune {
    return (this.#fortunes[place] ??= { down: new Spells(), fullest: undefined });
  }
}
