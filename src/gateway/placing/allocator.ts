import { serializeKey, type Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import {
  fanout,
  fitsBelowMaxsize,
  needsOf,
  type Configuration,
  type PlacementDecision,
  type World,
} from '../../placement/index.ts';
import type { AnnexBranch, RepositorySizes } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { knownSizeBytes, readKeyFacts, readLocations } from '../../annex/index.ts';
import { Reservations, type Reservation } from './reservations.ts';

/** Where an upload to a cluster is to go, with the room that it needs reserved there. */
export interface Placement extends PlacementDecision {
  /** The upload is over: its room is free once the sizes count what was stored. Must be called. */
  end(): void;
}

/** How repair places copies, other than an upload. */
export interface RepairTerms {
  /** Whether balanced terms have the meaning that git-annex's `--rebalance` gives them. */
  readonly rebalance: boolean;
}

/** An upload to a cluster that has to go somewhere: to which of its nodes? */
export interface PlacementQuestion {
  readonly cluster: Uuid;
  readonly key: Key;
  readonly associatedFile: string | undefined;
  readonly nodes: readonly StorageNode[];
  /** Repositories that turned out not to hold the key, whatever the location log says. */
  readonly without: ReadonlySet<Uuid>;
  /** Set for a copy that repair makes, which no node takes beyond its maxsize. */
  readonly repair?: RepairTerms | undefined;
}

/**
 * Answers where uploads go, from the live state: configuration and locations of the git-annex
 * branch with its journal, repository sizes, and the room that uploads under way have reserved;
 * also from metadata, urls and .gitattributes where an expression asks for them. Unused keys are
 * not looked up: `unused` is never true here.
 */
export class Allocator {
  readonly #branch: Pick<AnnexBranch, 'read' | 'attributeCopiesOf'>;
  readonly #sizes: Pick<RepositorySizes, 'refresh' | 'sizeBytes'>;
  readonly #configuration: () => Promise<Configuration>;
  readonly #claim: () => Promise<() => void>;
  readonly #reservations = new Reservations();
  readonly #rebalancing = new WeakMap<Configuration, Configuration>();

  constructor(from: {
    readonly branch: Pick<AnnexBranch, 'read' | 'attributeCopiesOf'>;
    readonly sizes: Pick<RepositorySizes, 'refresh' | 'sizeBytes'>;
    /** The configuration as of now. */
    readonly configuration: () => Promise<Configuration>;
    /**
     * Takes the right to decide, for as long as what was decided needs its reservations, and gives
     * what ends that. Default: nobody else decides.
     */
    readonly claim?: () => Promise<() => void>;
  }) {
    this.#branch = from.branch;
    this.#sizes = from.sizes;
    this.#configuration = from.configuration;
    this.#claim = from.claim ?? (() => Promise.resolve(() => undefined));
  }

  /** Uploads that room is reserved for. */
  get openReservations(): number {
    return this.#reservations.open;
  }

  /** Repositories that the location log says have a key. */
  async locations(key: Key): Promise<readonly Uuid[]> {
    return await readLocations(key, this.#branch);
  }

  /** Decides, and reserves in the same synchronous turn. */
  async decide(question: PlacementQuestion): Promise<Placement> {
    const leave = await this.#claim();
    try {
      const placement = await this.#decide(question);
      const end = (): void => {
        placement.end();
        leave();
      };
      return { ...placement, end };
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #decide(question: PlacementQuestion): Promise<Placement> {
    const { key, associatedFile: file } = question;
    const item = { key, keyText: serializeKey(key), file };
    const configuration = await this.#configurationFor(question.repair);
    const needs = needsOf(
      question.nodes.map(({ uuid }) => uuid),
      configuration,
    );
    const [facts, logged] = await Promise.all([
      readKeyFacts(item, needs, this.#branch),
      this.locations(key),
      this.#count(),
    ]);
    // From here to the reservation nothing may wait: two uploads at once must see each other.
    const locations = logged.filter((uuid) => !question.without.has(uuid));
    const world = { ...facts, ...this.#world(configuration, locations) };
    const nodes = question.nodes
      .filter(({ uuid }) => question.repair === undefined || fitsBelowMaxsize(uuid, item, world))
      .map(({ uuid, cost }) => ({ uuid, cost }));
    const decided = fanout(question.cluster, item, world, { nodes });
    const nodesToStoreOn = decided.kind === 'alreadyHeld' ? [] : decided.nodes;
    return { ...decided, nodes: nodesToStoreOn, ...this.reserve(nodesToStoreOn, key) };
  }

  /**
   * What is known of a content now, for a decision about its copies: by the configuration, the location log, sizes and
   * reservations of this moment.
   *
   * @param facts of it besides, as they were read.
   */
  async worldOf(key: Key, facts: World, repair: RepairTerms): Promise<World> {
    const configuration = await this.#configurationFor(repair);
    const [locations] = await Promise.all([this.locations(key), this.#count()]);
    return { ...facts, ...this.#world(configuration, locations) };
  }

  /** One configuration for each that is read: what is compiled of it is kept with it. */
  async #configurationFor(repair: RepairTerms | undefined): Promise<Configuration> {
    const configuration = await this.#configuration();
    if (repair?.rebalance !== true) return configuration;
    const known = this.#rebalancing.get(configuration);
    if (known !== undefined) return known;
    const rebalancing = { ...configuration, rebalance: true };
    this.#rebalancing.set(configuration, rebalancing);
    return rebalancing;
  }

  /** Reserves room for a key on nodes that were not chosen by an expression. */
  reserve(nodes: readonly Uuid[], key: Key): Reservation {
    return this.#reservations.make(nodes, key.sizeBytes ?? 0n);
  }

  #world(configuration: Configuration, locations: readonly Uuid[]): World {
    return {
      configuration,
      locations: () => locations,
      sizeBytes: (repository) => {
        const logged = knownSizeBytes(repository, this.#sizes, configuration);
        const reserved = this.#reservations.bytesOn(repository);
        return logged === undefined && reserved === 0n ? undefined : (logged ?? 0n) + reserved;
      },
    };
  }

  /**
   * Looks at the sizes. A decision that looked at them before an upload was counted must still see
   * its reservation, so that goes only now.
   */
  async #count(): Promise<void> {
    const ended = this.#reservations.takeEnded();
    try {
      await this.#sizes.refresh();
    } catch (error) {
      this.#reservations.putBack(ended);
      throw error;
    }
    this.#reservations.giveBack(ended);
  }
}
