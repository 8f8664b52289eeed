import type { RepairMove, RepairRound } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';

/** Contents and their bytes. */
export interface Tally {
  contents: number;
  bytes: bigint;
}

/** A content that never settles. */
export interface Circle {
  readonly keyText: string;
  /** What comes again and again; none where that is not known. */
  readonly moves: readonly RepairMove[];
}

/** What came of a walk through all contents, or would come of one. */
export class RepairReport {
  /** How many contents were looked at. */
  contents = 0;
  readonly gets: Tally = { contents: 0, bytes: 0n };
  readonly drops: Tally = { contents: 0, bytes: 0n };
  /** Contents that are logged to be elsewhere than before, be it that one was found to be lost. */
  changed = 0;
  /** How long contents were moved, and others let go first, milliseconds; of those moved at once the sum. */
  movingMs = 0;
  /** Contents of which something is left that could not be done now. */
  left = 0;
  /** The copies that those are to get still. */
  readonly leftGets: Tally = { contents: 0, bytes: 0n };
  /** Contents that go round in a circle, with how many; the first few. */
  readonly cycles: Circle[] = [];
  cycleCount = 0;
  /** Contents that a node wants and has no room for below its maxsize, and that nobody has, by node. */
  readonly full: Map<Uuid, Tally> = new Map<Uuid, Tally>();
  readonly lost: Map<Uuid, Tally> = new Map<Uuid, Tally>();
  /** Copies that are not wanted where they are, and must stay, by node. */
  readonly kept: Map<Uuid, Tally> = new Map<Uuid, Tally>();

  /** Counts what is left of a content when nothing more is done about it. */
  rest(round: RepairRound, bytes: bigint): void {
    for (const uuid of round.full) add(this.full, uuid, bytes);
    for (const uuid of round.lost) add(this.lost, uuid, bytes);
    for (const { repository } of round.kept) add(this.kept, repository, bytes);
  }

  /** Counts a content of which something could not be done now. */
  leave({ gets }: RepairRound, bytes: bigint): void {
    this.left += 1;
    tally(this.leftGets, gets.length, bytes);
  }

  /** Counts a content that goes round in a circle, by these moves; none where they are not known. */
  cycle(keyText: string, moves: readonly RepairMove[]): void {
    this.cycleCount += 1;
    if (this.cycles.length < cyclesShown) this.cycles.push({ keyText, moves });
  }

  /** Whether something was moved, or would be, so that another walk may find more to do: sizes are others now. */
  get hasMoved(): boolean {
    return this.gets.contents + this.drops.contents + this.changed > 0;
  }
}

const cyclesShown = 10;

/** Tells of a content that never settles: its key, and what comes again and again. */
export function circleText({ keyText, moves }: Circle, nameOf: (uuid: Uuid) => string): string {
  if (moves.length === 0) return keyText;
  const words = moves.map(({ kind, repository }) => `${kind} ${nameOf(repository)}`);
  return `${keyText} (again and again: ${words.join(', ')})`;
}

/** Counts copies of contents of so many bytes. */
export function tally(into: Tally, copies: number, bytes: bigint): void {
  into.contents += copies;
  into.bytes += bytes * BigInt(copies);
}

function add(tallies: Map<Uuid, Tally>, uuid: Uuid, bytes: bigint): void {
  const known = tallies.get(uuid) ?? { contents: 0, bytes: 0n };
  tallies.set(uuid, known);
  tally(known, 1, bytes);
}
