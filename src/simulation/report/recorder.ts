import {
  formatExplanation,
  noSettings,
  plain,
  type Configuration,
  type RepositorySettings,
} from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Command, Line } from '../language/command.ts';
import type { SimulationEvent } from '../run/deeds.ts';
import type { Simulation, SimulationListeners } from '../simulation.ts';
import type { SimulatedRepository } from '../world/window.ts';
import { Moments } from './moments.ts';
import type {
  RecordedMoment,
  RecordedMove,
  RecordedRepository,
  RecordedTraffic,
  SimulationRecording,
} from './recording.ts';
import { Shortages } from './shortages.ts';
import { Waste } from './waste.ts';

/** How many moments are kept when nothing else is said: enough for a slider, and a file of some MB. */
export const momentsMaxDefault = 1000;

/** An event that has not been counted yet, since it may be taken back. */
interface Pending {
  readonly event: SimulationEvent;
  readonly why: string;
}

interface Sum {
  transfers: number;
  bytes: bigint;
}

/**
 * Watches a simulation run and keeps what a report needs.
 *
 * ```ts
 * const recorder = new SimulationRecorder();
 * const simulation = new Simulation({ seed, ...recorder.listeners });
 * const run = simulation.run(recorder.follow(simulation, lines));
 * // … run it to its end …
 * const recording = recorder.recording();
 * ```
 */
export class SimulationRecorder {
  readonly #moments: Moments;
  readonly #waste = new Waste();
  readonly #traffic = new Map<string, Sum>();
  #simulation: Simulation | undefined;
  #shortages: Shortages | undefined;
  #repositories: readonly SimulatedRepository[] = [];
  #places: ReadonlyMap<string, number> = new Map();
  #names: Configuration | undefined;
  #pending: Pending | undefined;
  #command = '';
  #isSettled: boolean | undefined;
  #actions = 0;
  #transfers = 0;
  #movedBytes = 0n;
  /** Whether commands may have changed who holds what since the last moment. */
  #isChanged = true;
  #belowMost = 0;
  #belowActions = 0;

  constructor({ momentsMax = momentsMaxDefault }: { readonly momentsMax?: number } = {}) {
    this.#moments = new Moments(momentsMax);
  }

  /** To be given to the simulation that is to be recorded. */
  readonly listeners: Required<SimulationListeners> = {
    onEvent: (event) => this.#onEvent(event),
    onHappening: () => undefined,
    onUndo: () => (this.#pending = undefined),
    onMessage: (message) => {
      if (settledMessage.test(message)) this.#isSettled = true;
    },
  };

  /** The same lines, each noted before it is run and looked back at when the next is asked for. */
  readonly follow = (simulation: Simulation, lines: Iterable<Line>): Generator<Line> =>
    this.#follow(simulation, lines);

  *#follow(simulation: Simulation, lines: Iterable<Line>): Generator<Line> {
    this.#begin(simulation);
    for (const line of lines) {
      this.#command = plain(line.text.trim().slice(0, commandLengthMax));
      if (isChange(line.command)) this.#isSettled = undefined;
      if (isStep(line.command)) this.#isSettled = false;
      yield line;
      this.#settle();
      this.#lookBackAt(line.command);
    }
  }

  /** Whether there is anything to be recorded yet. */
  get isBegun(): boolean {
    return this.#simulation !== undefined;
  }

  /** All that was recorded, up to now. */
  recording(): SimulationRecording {
    const { world, hasFailed } = this.#watched();
    this.#settle();
    this.#lookAgain();
    const last = this.#momentOfCommands();
    return {
      isSettled: this.#isSettled,
      hasFailed,
      actions: this.#actions,
      transfers: this.#transfers,
      drops: this.#actions - this.#transfers,
      movedBytes: this.#movedBytes,
      wastedBytes: this.#waste.bytes,
      files: world.fileCount,
      numcopies: world.numcopies,
      belowMost: this.#belowMost,
      belowActions: this.#belowActions,
      repositories: this.#repositories.map((repository) => this.#recorded(repository)),
      traffic: this.#trafficNow(),
      moments: [...this.#moments.all, last],
      momentEvery: this.#moments.every,
    };
  }

  #begin(simulation: Simulation): void {
    if (this.#simulation === simulation) return;
    this.#simulation = simulation;
    this.#shortages = new Shortages(simulation.world);
    this.#lookAgain();
    this.#shortages.lookAtAll(this.#repositories);
  }

  #onEvent(event: SimulationEvent): void {
    this.#settle();
    if (this.#isChanged) this.#moments.add(this.#momentOfCommands());
    const isKept = this.#moments.takes(this.#actions + 1);
    this.#pending = { event, why: isKept ? this.#explain(event) : '' };
  }

  /** Counts the last event, which nothing can take back any more. */
  #settle(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#count(pending);
  }

  #count({ event, why }: Pending): void {
    const { kind, file, bytes } = event;
    const { here: actor, who } = event.why;
    const [from, to] = placesOf(event, this.#placeOf(event.remote));
    this.#actions += 1;
    if (to === undefined) {
      // A drop that finds nothing frees nothing: the content was gone before.
      if (bytes > 0n) this.#waste.dropped(file, from, bytes);
    } else {
      this.#transfers += 1;
      this.#movedBytes += bytes;
      this.#waste.moved(file, from, to, bytes);
      this.#addTraffic(from, to, bytes);
    }
    if (this.#repositories[who] === undefined) this.#lookAgain();
    this.#shortages?.look(file, this.#repositories);
    const below = this.#shortages?.count ?? 0;
    if (below > 0) this.#belowActions += 1;
    this.#belowMost = Math.max(this.#belowMost, below);
    if (!this.#moments.takes(this.#actions)) return;
    const shown = { file: plain(file), bytes: Number(bytes), command: this.#command, why };
    this.#moments.add(this.#moment({ kind, from, to, actor, ...shown }));
  }

  #addTraffic(from: number, to: number, bytes: bigint): void {
    const pair = `${from} ${to}`;
    const sum = this.#traffic.get(pair) ?? { transfers: 0, bytes: 0n };
    sum.transfers += 1;
    sum.bytes += bytes;
    this.#traffic.set(pair, sum);
  }

  #trafficNow(): readonly RecordedTraffic[] {
    return [...this.#traffic]
      .map(([pair, { transfers, bytes }]) => {
        const [from = 0, to = 0] = pair.split(' ').map(Number);
        return { from, to, transfers, bytes };
      })
      .sort((left, right) => left.from - right.from || left.to - right.to);
  }

  #momentOfCommands(): RecordedMoment {
    this.#isChanged = false;
    const moment = this.#moment(undefined);
    this.#belowMost = Math.max(this.#belowMost, moment.below);
    return moment;
  }

  #moment(move: RecordedMove | undefined): RecordedMoment {
    const { world } = this.#watched();
    const heldBytes = this.#repositories.map(({ name }) => Number(world.bytes({ view: name })));
    return { action: this.#actions, heldBytes, below: this.#shortages?.count ?? 0, move };
  }

  #lookBackAt(command: Command): void {
    switch (command.kind) {
      case 'add':
        return this.#renew(command.file);
      case 'addmulti':
        for (let number = 1; number <= Number(command.count); number += 1) {
          this.#renew(`${number}${command.suffix}`);
        }
        return undefined;
      case 'init':
      case 'initremote':
      case 'inituuid':
      case 'initremoteuuid':
      case 'clusternode':
        return this.#lookAgain();
      case 'addtree':
      case 'use':
      case 'trustlevel':
      case 'numcopies':
        this.#isChanged = true;
        this.#lookAgain();
        return this.#shortages?.lookAtAll(this.#repositories);
      default:
        return undefined;
    }
  }

  /** A file has a new content. */
  #renew(file: string): void {
    this.#isChanged = true;
    this.#waste.replaced(file);
    this.#shortages?.look(file, this.#repositories);
  }

  /** Learns which repositories there are. */
  #lookAgain(): void {
    this.#repositories = this.#watched().world.repositories;
    this.#places = new Map(
      this.#repositories.flatMap(({ name, nodeNames }, place) =>
        [name, ...nodeNames].map((each) => [each, place] as const),
      ),
    );
    this.#names = undefined;
  }

  #placeOf(name: string | undefined): number | undefined {
    return name === undefined ? undefined : this.#places.get(name);
  }

  #explain(event: SimulationEvent): string {
    const explanation = this.#watched().explain(event);
    this.#names ??= configurationOfNames(this.#repositories);
    return formatExplanation(explanation, this.#names).slice(0, whyLengthMax);
  }

  #recorded({
    uuid: _uuid,
    nodeNames: _nodes,
    ...repository
  }: SimulatedRepository): RecordedRepository {
    const { world } = this.#watched();
    const { name } = repository;
    return {
      ...repository,
      remotes: [...new Set(repository.remotes.flatMap((remote) => this.#placeOf(remote) ?? []))],
      heldBytes: world.bytes({ view: name }),
      heldKeys: world.keyCount({ view: name }),
    };
  }

  #watched(): Simulation {
    if (this.#simulation === undefined)
      throw new Error('nothing was recorded: follow a simulation');
    return this.#simulation;
  }
}

const settledMessage = /^Simulation has stabilized after /;

/** How much of a command or an explanation is kept, in UTF-16 code units. */
const commandLengthMax = 300;
const whyLengthMax = 4000;

/** Where a content was, and where it came to. */
function placesOf({ kind, why }: SimulationEvent, remote: number | undefined): [number, number?] {
  switch (kind) {
    case 'get':
      return [remote ?? why.here, why.who];
    case 'send':
      return [why.here, why.who];
    case 'drop':
      return [why.who];
  }
}

function isStep({ kind }: Command): boolean {
  return kind === 'step' || kind === 'stepstable';
}

function isChange({ kind }: Command): boolean {
  return !['blank', 'comment', 'present', 'notpresent', 'visit'].includes(kind);
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
