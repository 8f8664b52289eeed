/**
 * Who wants what, as one repository sees it: placement's evaluator, on the views of a simulation
 * (spec/sim.md section 9).
 */
import type { Dialect } from '../../expression/index.ts';
import {
  explain,
  fanout,
  fitsBelowMaxsize,
  needsOf,
  repairRound,
  settle,
  wanted,
  wouldWantIfAbsent,
  type Configuration,
  type CopyProofs,
  type Explanation,
  type Fanout,
  type RepairRound,
  type RepairScope,
} from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Oddities } from '../oddities.ts';
import type { Contents } from '../world/contents.ts';
import type { Network } from '../world/network.ts';
import { usualCost, type SimulatedCluster } from '../world/repositories.ts';
import type { Views } from '../world/views.ts';
import { HereWorld, SimulatedItem } from './here-world.ts';
import { Outcomes } from './outcomes.ts';
import { configurationOf } from './seen-configuration.ts';
import { SizeTable } from './size-table.ts';
import { TrustSeen } from './trust-seen.ts';

/** A question: does the expression of `who` match the file, in the view of `here`? */
export interface Asked {
  readonly here: number;
  readonly who: number;
  readonly file: number;
  /** Whether `who` is taken not to have the content. */
  readonly isGone: boolean;
}

/** What repair of a content asks about: its files, and how copies are proved for a drop. */
export interface RepairedOn {
  readonly files: readonly number[];
  readonly proof: (repository: number) => keyof CopyProofs | undefined;
}

/** The parts of a simulation that expressions are asked about, and how they are to be read. */
export interface EvaluatorOptions {
  readonly contents: Contents;
  readonly views: Views;
  readonly network: Network;
  readonly oddities: Oddities;
  readonly dialect: Dialect;
}

/** Globs see this before the name of a file, with git-annex's oddity (spec/sim.md section 12.8). */
const globPrefix = '../../../../';

/** Answers by placement's evaluator, in the view of a repository; keeps outcomes as long as what they depend on is the same. */
export class Evaluator {
  readonly #contents: Contents;
  readonly #views: Views;
  readonly #network: Network;
  readonly #oddities: Oddities;
  readonly #dialect: Dialect;
  readonly trustSeen: TrustSeen;
  readonly #tables: (SizeTable | undefined)[] = [];
  #worlds: (HereWorld | undefined)[] = [];
  #configurations = new Map<string, Numbered>();
  #outcomes: (Outcomes | undefined)[] = [];
  #usesSizes: (boolean | undefined)[] = [];
  #changesSeen = -1;
  #revisionsSeen = -1;

  constructor({ contents, views, network, oddities, dialect }: EvaluatorOptions) {
    this.#contents = contents;
    this.#views = views;
    this.#network = network;
    this.#oddities = oddities;
    this.#dialect = dialect;
    this.trustSeen = new TrustSeen(network);
  }

  /** To be called before each attempt that is run: with oddities it changes what expressions see. */
  beginAttempt(): void {
    if (!this.#oddities.trustlag) return;
    this.#updateTrust();
  }

  /** The program that runs the simulation ends, and may go on with it another time. */
  endRun(): void {
    if (this.#oddities.trustlag) this.#updateTrust();
    for (const table of this.#tables) table?.end();
  }

  #updateTrust(): void {
    if (this.trustSeen.update()) this.#forget();
  }

  /**
   * A number that changes when what is wanted may be else, though all views are the same. What is seen of trust
   * later than it was set counts from when it was set, as nothing is asked in between.
   */
  get renewals(): number {
    return this.#network.changes + this.#contents.revisions;
  }

  #forget(): void {
    this.#worlds = [];
    this.#configurations = new Map<string, Numbered>();
    this.#outcomes = [];
    this.#usesSizes = [];
  }

  /** Forgets what was found out before the last change. */
  #refresh(): void {
    const { changes } = this.#network;
    const { revisions } = this.#contents;
    if (changes !== this.#changesSeen) {
      this.#changesSeen = changes;
      this.#forget();
    }
    if (revisions !== this.#revisionsSeen) {
      this.#revisionsSeen = revisions;
      this.#outcomes = [];
    }
  }

  /** Whether the expression matches. */
  wants(here: number, who: number, file: number, isGone: boolean): boolean {
    this.#refresh();
    if (this.#oddities.staletable) this.table(here).update();
    const outcomes = this.#outcomesOf(here, who, isGone);
    if (outcomes === undefined) return this.#evaluate(here, who, file, isGone);
    const holders = this.#views.holders(here, this.#contents.keyOf(file), 0);
    const known = outcomes.get(file, holders);
    if (known !== undefined) return known;
    const outcome = this.#evaluate(here, who, file, isGone);
    outcomes.set(file, holders, outcome);
    return outcome;
  }

  /** Whether `who` wants a file, when asking leaves no trace; `undefined` when it would. */
  peek(here: number, who: number, file: number, isGone: boolean): boolean | undefined {
    this.#refresh();
    if (this.#oddities.staletable) {
      const table = this.table(here);
      if (!table.isCurrent || (!table.isBegun && this.#seesSizes(here, who))) return undefined;
    }
    return this.wants(here, who, file, isGone);
  }

  /** Why {@link wants} answers as it does now. */
  explain({ here, who, file, isGone }: Asked): Explanation {
    this.#refresh();
    const question = isGone ? 'wouldWantIfAbsent' : 'wanted';
    const { uuid } = this.#network.repository(who);
    return explain(uuid, this.#item(file), this.#world(here), question);
  }

  /**
   * Where a content goes that is sent to a cluster: what `fanout` answers on the view of its gateway, as a
   * gateway asks it. No expression is asked about the cluster itself.
   * @param on.nodes those that the gateway can write to.
   * @param on.without repositories that turned out not to hold it, whatever the view says.
   */
  fanout(
    { uuid, gateway, costs }: SimulatedCluster,
    file: number,
    on: { readonly nodes: readonly number[]; readonly without: readonly Uuid[] },
  ): Fanout {
    this.#refresh();
    if (this.#oddities.staletable) this.table(gateway).update();
    return fanout(uuid, this.#item(file), this.#world(gateway).without(on.without), {
      nodes: on.nodes.map((node) => ({
        uuid: this.#network.repository(node).uuid,
        cost: costs.get(node) ?? usualCost,
      })),
    });
  }

  /**
   * What repair of a cluster would do about a content next: what placement's `repairRound` answers on the view of its
   * gateway.
   */
  repair(cluster: SimulatedCluster, key: number, on: RepairedOn): RepairRound {
    return repairRound(...this.#repaired(cluster, key, on));
  }

  /** Whether those rounds, one after the other, come to an end. */
  settles(cluster: SimulatedCluster, key: number, on: RepairedOn): boolean {
    return settle(...this.#repaired(cluster, key, on)).kind === 'settled';
  }

  #repaired(
    { uuid, gateway, costs, nodes }: SimulatedCluster,
    key: number,
    on: RepairedOn,
  ): Parameters<typeof settle> {
    this.#refresh();
    if (this.#oddities.staletable) this.table(gateway).update();
    const item = new SimulatedItem(this.#contents, key, '');
    const usable = nodes.map((node) => ({
      uuid: this.#network.repository(node).uuid,
      cost: costs.get(node) ?? usualCost,
    }));
    const files = on.files.map((file) => this.#item(file).file);
    const content = { key: item.key, keyText: item.keyText, files };
    const scope: RepairScope = {
      clusters: new Map([[uuid, usable]]),
      proof: (repository) => {
        const number = this.#network.numberOf(repository);
        return number === undefined ? undefined : on.proof(number);
      },
      canGive: (repository) => {
        const number = this.#network.numberOf(repository);
        return number === gateway || (number !== undefined && nodes.includes(number));
      },
    };
    return [content, this.#world(gateway).about(key), scope];
  }

  /** Whether a node of a cluster that gets a content stays within its maxsize, in the view of its gateway. */
  fitsBelowMaxsize({ gateway }: SimulatedCluster, node: number, key: number): boolean {
    this.#refresh();
    const { uuid } = this.#network.repository(node);
    const item = new SimulatedItem(this.#contents, key, '');
    return fitsBelowMaxsize(uuid, item, this.#world(gateway).about(key));
  }

  /** What a repository is configured to be, as another one sees it. */
  configuration(here: number): Configuration {
    this.#refresh();
    return this.#world(here).configuration;
  }

  table(here: number): SizeTable {
    return (this.#tables[here] ??= new SizeTable(this.#views, here));
  }

  #evaluate(here: number, who: number, file: number, isGone: boolean): boolean {
    const { uuid } = this.#network.repository(who);
    const ask = isGone ? wouldWantIfAbsent : wanted;
    return ask(uuid, this.#item(file), this.#world(here));
  }

  #item(file: number): SimulatedItem {
    const name = this.#contents.fileName(file);
    const seen = this.#oddities.globprefix ? `${globPrefix}${name}` : name;
    return new SimulatedItem(this.#contents, this.#contents.keyOf(file), seen);
  }

  #world(here: number): HereWorld {
    return (this.#worlds[here] ??= new HereWorld({
      here,
      ...this.#configurationOf(here),
      views: this.#views,
      network: this.#network,
      metadata: this.#contents.metadata,
      bytes: this.#bytesSeen(here),
      isImagined: this.#oddities.presentself,
    }));
  }

  #bytesSeen(here: number): (repository: number) => bigint | undefined {
    if (!this.#oddities.staletable) return (repository) => this.#views.bytes(here, repository);
    const table = this.table(here);
    return (repository) => table.bytes(repository);
  }

  /** One for all repositories that see the same: expressions are compiled for each. */
  #configurationOf(here: number): Numbered {
    const levels = this.#network.repositories.map(({ trust }, number) =>
      this.#oddities.trustlag ? this.trustSeen.level(here, number) : trust,
    );
    const name = levels.join(' ');
    let numbered = this.#configurations.get(name);
    if (numbered === undefined) {
      const configuration = configurationOf(this.#network, levels, this.#dialect);
      numbered = { number: this.#configurations.size, configuration };
      this.#configurations.set(name, numbered);
    }
    return numbered;
  }

  /** Whether outcomes may be others when sizes are, though holders are the same. */
  dependsOnSizes(here: number, who: number): boolean {
    this.#refresh();
    return this.#seesSizes(here, who);
  }

  #seesSizes(here: number, who: number): boolean {
    return (this.#usesSizes[who] ??= this.#needsSizes(here, who));
  }

  /** Sizes are held against a maxsize, and against nothing else. */
  #needsSizes(here: number, who: number): boolean {
    const { repositories } = this.#network;
    if (repositories.every(({ maxsizeBytes }) => maxsizeBytes === undefined)) return false;
    const { uuid } = this.#network.repository(who);
    return needsOf([uuid], this.#world(here).configuration).has('repositorySizes');
  }

  /** Where outcomes are kept; nowhere when they depend on more than the file and its holders. */
  #outcomesOf(here: number, who: number, isGone: boolean): Outcomes | undefined {
    if (this.#views.count > 32 || this.#seesSizes(here, who)) return undefined;
    const isSelf = this.#oddities.presentself && here === who;
    const seen = this.#world(here).number * 2 + (isSelf ? 1 : 0);
    const place = (seen * this.#views.count + who) * 2 + (isGone ? 1 : 0);
    return (this.#outcomes[place] ??= new Outcomes(this.#contents.fileNumbers));
  }
}

interface Numbered {
  readonly number: number;
  readonly configuration: Configuration;
}
