import type {
  SimulatedRepository,
  Simulation,
  SimulationEvent,
  SimulationWindow,
} from '../../simulation/index.ts';
import { BrokenOff } from './broken-off.ts';
import { Conditions } from './conditions.ts';
import type { FollowedCommand } from './followed-command.ts';
import { Places } from './places.ts';
import type { RecordedRepository, SimulationRecording } from '../recording.ts';
import { Shortages } from './shortages.ts';
import { Traffic } from './traffic.ts';
import { UnderWay } from './under-way.ts';
import { Waste } from './waste.ts';

/** What one action did, with what is known only when it is told. */
export interface Deal {
  readonly event: SimulationEvent;
  readonly from: number;
  /** `undefined` when it was dropped. */
  readonly to: number | undefined;
  /** What had come on earlier tries; `undefined` when the transfer took no time. */
  readonly hadBytes: bigint | undefined;
}

/** The sums of a run: nothing is drawn of these, and nothing is left out. */
export class Ledger {
  readonly simulation: Simulation;
  readonly world: SimulationWindow;
  readonly places: Places = new Places();
  readonly shortages: Shortages;
  readonly conditions: Conditions;
  readonly traffic: Traffic = new Traffic();
  readonly underWay: UnderWay = new UnderWay(this.traffic);
  readonly brokenOff: BrokenOff = new BrokenOff();
  readonly #waste = new Waste();
  readonly #startMs: number;
  #lastChangeMs: number;
  #actions = 0;
  #transfers = 0;
  #movedBytes = 0n;
  #turnedAway = { files: 0, bytes: 0n };

  constructor(simulation: Simulation) {
    const { ms, world } = simulation;
    this.simulation = simulation;
    this.world = world;
    this.shortages = new Shortages(world, ms);
    this.conditions = new Conditions(world);
    this.#startMs = ms;
    this.#lastChangeMs = ms;
    this.learn();
    this.shortages.lookAtAll(this.places.repositories, ms);
  }

  get actions(): number {
    return this.#actions;
  }

  /** Learns which repositories there are and how they stand; those that went down or came back. */
  learn(): readonly number[] {
    this.places.learn(this.world);
    this.shortages.learn(this.places.repositories);
    return this.conditions.look(this.places.repositories, this.simulation.ms);
  }

  /** Counts an action that is done. */
  count({ event, from, to, hadBytes }: Deal): void {
    const { key, bytes, ms } = event;
    this.#actions += 1;
    this.#lastChangeMs = ms;
    if (to === undefined) {
      // A drop that finds nothing frees nothing: the content was gone before.
      if (bytes > 0n) this.#waste.dropped(key, from, bytes);
    } else {
      this.#transfers += 1;
      this.#movedBytes += bytes;
      this.#waste.moved(key, from, to, bytes);
      this.traffic.moved(from, to, bytes);
      if (hadBytes !== undefined) this.brokenOff.came({ to, key }, hadBytes);
      this.#fill([to]);
    }
    this.shortages.look(key, ms);
    this.shortages.overTime.settle({ isAction: true });
  }

  /** Counts a file that came by itself. */
  arrived(file: string, names: readonly string[], ms: number): void {
    this.#lastChangeMs = ms;
    const key = this.world.keyNumber(file);
    if (key !== undefined) this.shortages.count(key, 1, ms);
    this.#fill(this.places.ofAll(names));
  }

  turnedAway(bytes: bigint): void {
    const { files, bytes: before } = this.#turnedAway;
    this.#turnedAway = { files: files + 1, bytes: before + bytes };
  }

  /** Counts what a command has changed since the last look; whether files are others now. */
  lookBackAt(followed: FollowedCommand): boolean {
    const { ms } = this.simulation;
    const { command } = followed;
    let isChanged = followed.changesAll;
    const changes = [...followed.changes()];
    for (const { lost, got } of changes) {
      isChanged = true;
      if (got !== undefined) this.shortages.count(got, 1, ms);
      if (lost !== undefined) this.shortages.count(lost, -1, ms);
    }
    for (const { lost } of changes) {
      if (lost !== undefined && !this.shortages.isUsed(lost)) this.#waste.forget(lost);
    }
    if (command.kind === 'addkey') {
      const key = this.world.keyNumber(command.file);
      if (key !== undefined) this.shortages.look(key, ms);
      isChanged = true;
    }
    if (followed.changesAll) this.shortages.lookAtAll(this.places.repositories, ms);
    if (isChanged && followed.isAdding) {
      this.#lastChangeMs = ms;
      this.#fill(this.places.repositories.keys());
    }
    if (!followed.isWait) this.underWay.endAllHeld(this.world, ms);
    return isChanged;
  }

  /** A repository lost all that it had. */
  lost(place: number): void {
    this.#waste.lost(place);
    this.brokenOff.lost(place);
  }

  #fill(places: Iterable<number>): void {
    for (const place of places) {
      const repository = this.places.repositories[place];
      if (repository !== undefined) this.conditions.fill(place, repository);
    }
  }

  /** All sums, as they are now. */
  sums(): Omit<
    SimulationRecording,
    'isSettled' | 'hasFailed' | 'happenings' | 'moments' | 'momentEvery'
  > {
    const { ms } = this.simulation;
    const { overTime } = this.shortages;
    return {
      actions: this.#actions,
      transfers: this.#transfers,
      drops: this.#actions - this.#transfers,
      movedBytes: this.#movedBytes,
      wastedBytes: this.#waste.bytes,
      files: this.world.fileCount,
      lostFiles: this.shortages.lost,
      numcopies: this.world.numcopies,
      belowMost: overTime.most,
      belowActions: overTime.actions,
      time: {
        startMs: this.#startMs,
        endMs: ms,
        lastChangeMs: this.#lastChangeMs,
        belowMs: overTime.untilMs(ms),
        brokenOff: this.brokenOff.all,
        turnedAway: this.#turnedAway,
      },
      repositories: this.places.repositories.map((each, place) => this.#recorded(each, place)),
      traffic: this.traffic.at(ms),
    };
  }

  #recorded(
    { uuid: _uuid, nodeNames: _nodes, isDown: _isDown, ...repository }: SimulatedRepository,
    place: number,
  ): RecordedRepository {
    const { name } = repository;
    return {
      ...repository,
      ...this.conditions.of(place, this.simulation.ms),
      remotes: [...new Set(this.places.ofAll(repository.remotes))],
      heldBytes: this.world.bytes({ view: name }),
      heldKeys: this.world.keyCount({ view: name }),
    };
  }
}
