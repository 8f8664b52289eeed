import type {
  Simulation,
  SimulationEvent,
  SimulationHappening,
  SimulationLine,
  SimulationListeners,
} from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';
import { bytesThere } from './broken-off.ts';
import { Explainer } from './explainer.ts';
import { FollowedCommand } from './followed-command.ts';
import { Ledger, type Deal } from './ledger.ts';
import { Moments } from './moments.ts';
import type { RecordedHappening, RecordedMoment, SimulationRecording } from '../recording.ts';

/** How many moments are kept when nothing else is said: enough for a slider, and a file of some MB. */
export const momentsMaxDefault = 1000;

/** What a {@link SimulationRecorder} keeps. */
export interface RecorderOptions {
  readonly momentsMax?: number;
  /** Whether it is asked why each thing was done, which takes time; true when left out. */
  readonly hasReasons?: boolean;
}

/** An event that has not been counted yet, since it may be taken back. */
interface Pending extends Deal {
  readonly why: string;
  /** What repositories hold from now on; `undefined` when no moment is made of it. */
  readonly heldBytes: readonly number[] | undefined;
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
  readonly #explainer: Explainer | undefined;
  #ledger: Ledger | undefined;
  #pending: Pending | undefined;
  #followed: FollowedCommand | undefined;
  #isSettled: boolean | undefined;
  #happenings = 0;
  /** Whether commands may have changed who holds what since the last moment. */
  #isChanged = true;

  constructor({ momentsMax = momentsMaxDefault, hasReasons = true }: RecorderOptions = {}) {
    this.#moments = new Moments(momentsMax);
    this.#explainer = hasReasons ? new Explainer() : undefined;
  }

  /** To be given to the simulation that is to be recorded. */
  readonly listeners: Required<Omit<SimulationListeners, 'onMessage'>> = {
    onEvent: (event) => this.#onEvent(event),
    onHappening: (happening) => this.#onHappening(happening),
    onUndo: () => (this.#pending = undefined),
  };

  /** Gives lines on, to be run: each is noted before, and looked back at when the next is asked for. */
  readonly follow = (
    simulation: Simulation,
    lines: Iterable<SimulationLine>,
  ): Generator<SimulationLine> => this.#follow(simulation, lines);

  *#follow(simulation: Simulation, lines: Iterable<SimulationLine>): Generator<SimulationLine> {
    if (this.#ledger?.simulation !== simulation) {
      this.#ledger = new Ledger(simulation);
      this.#learn();
    }
    for (const line of lines) {
      this.#begin(line);
      yield line;
      this.#settle();
      this.#lookBack();
      this.#end();
    }
  }

  /** Whether there is anything to be recorded yet. */
  get isBegun(): boolean {
    return this.#ledger !== undefined;
  }

  /** All that was recorded, up to now. */
  recording(): SimulationRecording {
    const ledger = this.#watched();
    this.#settle();
    this.#lookBack();
    this.#learn();
    const last = this.#momentOfCommands();
    return {
      isSettled: this.#isSettled,
      hasFailed: ledger.simulation.hasFailed,
      ...ledger.sums(),
      happenings: this.#happenings,
      moments: [...this.#moments.all, last],
      momentEvery: this.#moments.every,
    };
  }

  #begin(line: SimulationLine): void {
    const followed = new FollowedCommand(line, this.#watched().world);
    this.#followed = followed;
    if (followed.isChange) this.#isSettled = undefined;
    if (followed.isStep) this.#isSettled = false;
    // What commands have changed shows at their time, not when something comes of it.
    if (followed.isWait && this.#isChanged) this.#moments.add(this.#momentOfCommands());
  }

  /** Looks at what the command under way, or just over, has changed. */
  #lookBack(): void {
    const followed = this.#followed;
    if (followed === undefined) return;
    const ledger = this.#watched();
    const turned = followed.changesRepositories ? this.#learn() : [];
    if (ledger.lookBackAt(followed)) this.#isChanged = true;
    for (const place of turned) {
      const isDown = ledger.conditions.down.includes(place);
      this.#happen({ kind: isDown ? 'fails' : 'returns', place }, ledger.simulation.ms);
    }
  }

  #end(): void {
    const command = this.#followed?.command;
    this.#followed = undefined;
    if (command?.kind !== 'lose') return;
    const ledger = this.#watched();
    const place = ledger.places.of(command.repository);
    if (place === undefined) return;
    ledger.lost(place);
    this.#happen({ kind: 'loses', place }, ledger.simulation.ms);
  }

  /** Learns which repositories there are; those that went down or came back. */
  #learn(): readonly number[] {
    const ledger = this.#watched();
    const turned = ledger.learn();
    this.#explainer?.learn(ledger.places.repositories);
    return turned;
  }

  #onEvent(event: SimulationEvent): void {
    this.#settle();
    const { places, actions, underWay } = this.#watched();
    if (this.#isChanged) this.#moments.add(this.#momentOfCommands());
    if (places.repositories[event.why.who] === undefined) this.#learn();
    const [from, to] = places.ofEvent(event);
    const isWait = this.#followed?.isWait === true;
    const begun = isWait && to !== undefined ? underWay.ends(event, event.ms) : undefined;
    const isKept = this.#moments.takes(actions + this.#happenings + 1);
    const why = isKept ? (begun?.why ?? this.#explain(event)) : '';
    const heldBytes = isKept ? this.#heldAfter(event, to ?? from) : undefined;
    this.#pending = { event, from, to, hadBytes: begun?.hadBytes, why, heldBytes };
  }

  #onHappening(happening: SimulationHappening): void {
    this.#settle();
    const ledger = this.#watched();
    const { places, underWay, brokenOff } = ledger;
    const { ms } = happening;
    switch (happening.kind) {
      case 'begins': {
        const { event, bytesLeft } = happening;
        const [from, to = from] = places.ofEvent(event);
        const { key, bytes } = event;
        const hadBytes = bytesThere(bytes, bytesLeft);
        brokenOff.begins({ to, key }, hadBytes);
        const why = this.#explain(event);
        return underWay.begins(event, { key, from, to, bytes, hadBytes, why });
      }
      case 'breaksOff': {
        const { event, bytesLeft, bytesLost } = happening;
        const begun = underWay.ends(event, ms);
        const [from, to = from] = places.ofEvent(event);
        const { key, bytes } = begun ?? event;
        return brokenOff.brokeOff(
          { key, to },
          {
            keptBytes: bytesThere(bytes, bytesLeft),
            lostBytes: Number.isFinite(bytesLost) ? BigInt(bytesLost) : 0n,
          },
        );
      }
      case 'arrives':
      case 'isTurnedAway': {
        const { kind, file, bytes, repositories } = happening;
        if (kind === 'arrives') ledger.arrived(file, repositories, ms);
        else ledger.turnedAway(bytes);
        const at = { bytes: Number(bytes), places: places.ofAll(repositories) };
        return this.#happen({ kind, file: plain(file), ...at }, ms);
      }
      case 'fails':
      case 'returns': {
        const { kind, repository } = happening;
        const place = places.of(repository);
        if (place === undefined) return undefined;
        ledger.conditions.setDown(place, kind === 'fails', ms);
        return this.#happen({ kind, place }, ms);
      }
      case 'settled':
        this.#isSettled = true;
        return undefined;
    }
  }

  /** Counts the last event, which nothing can take back any more. */
  #settle(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const ledger = this.#watched();
    ledger.count(pending);
    const { event, from, to, why, heldBytes } = pending;
    if (heldBytes === undefined) return;
    const { kind, bytes, ms } = event;
    const shown = { file: plain(event.file), bytes: Number(bytes), command: this.#commandText() };
    const move = { kind, from, to, actor: event.why.here, ...shown, why };
    this.#moments.add({ ...this.#moment(ms), heldBytes, move });
  }

  #happen(happening: RecordedHappening, ms: number): void {
    const { actions, shortages } = this.#watched();
    this.#happenings += 1;
    shortages.overTime.settle({ isAction: false });
    if (!this.#moments.takes(actions + this.#happenings)) return;
    this.#isChanged = false;
    this.#moments.add({ ...this.#moment(ms), happening });
  }

  #momentOfCommands(): RecordedMoment {
    this.#isChanged = false;
    const { shortages, simulation } = this.#watched();
    shortages.overTime.settle({ isAction: false });
    return this.#moment(simulation.ms);
  }

  #moment(ms: number): RecordedMoment {
    const { places, world, actions, shortages, conditions } = this.#watched();
    return {
      action: actions,
      turn: actions + this.#happenings,
      ms,
      heldBytes: places.repositories.map(({ name }) => Number(world.bytes({ view: name }))),
      below: shortages.below,
      down: conditions.down,
      move: undefined,
      happening: undefined,
    };
  }

  /** What repositories will hold once an event has shown in their views. */
  #heldAfter({ kind, bytes }: SimulationEvent, changed: number): readonly number[] {
    const { places, world } = this.#watched();
    return places.repositories.map(({ name }, place) => {
      const before = world.bytes({ view: name });
      if (place !== changed) return Number(before);
      return Number(kind === 'drop' ? before - bytes : before + bytes);
    });
  }

  #explain(event: SimulationEvent): string {
    return this.#explainer?.explain(this.#watched().simulation, event) ?? '';
  }

  #commandText(): string {
    return this.#followed?.text ?? '';
  }

  #watched(): Ledger {
    if (this.#ledger === undefined) throw new Error('nothing was recorded: follow a simulation');
    return this.#ledger;
  }
}
