import {
  formatExplanation,
  noSettings,
  type Configuration,
  type RepositorySettings,
} from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { SimulationEvent } from '../acts/operations.ts';
import type { Simulation } from '../simulation.ts';
import type { SimulatedRepository } from '../world/window.ts';

/** How much of an explanation is kept, in UTF-16 code units. */
const whyLengthMax = 4000;

/** Says why things were done, with the names of repositories. */
export class Explainer {
  #names: Configuration = configurationOfNames([]);

  /** Learns what repositories are called. */
  learn(repositories: readonly SimulatedRepository[]): void {
    this.#names = configurationOfNames(repositories);
  }

  /** In lines; only while an event is being told, or the beginning of a transfer. */
  explain(simulation: Simulation, event: SimulationEvent): string {
    return formatExplanation(simulation.explain(event), this.#names).slice(0, whyLengthMax);
  }
}

/** A configuration that knows nothing but what repositories are called. */
function configurationOfNames(repositories: readonly SimulatedRepository[]): Configuration {
  const named = new Map<Uuid, RepositorySettings>();
  for (const { uuid, name } of repositories) named.set(uuid, { ...noSettings, description: name });
  return {
    repositories: named,
    groupwanted: new Map(),
    numcopies: undefined,
    mincopies: undefined,
    clusters: new Map(),
    fullyBalancedThresholdPercent: 90,
    rebalance: false,
  };
}
