import { anyText, objectOf, oneOf, readJson, wholeNumber } from '../../shapes/index.ts';

const phases = ['logged', 'found', 'over'] as const;

/**
 * Where a walk is: among the copies that the location log has; among what is on the node's disk besides; or at its
 * end.
 */
export type WalkPhase = (typeof phases)[number];

/**
 * How far a walk through the copies of a node is. It goes by an order that stays, from the beginning again when it
 * is over, so that whatever comes next is what was looked at longest ago, and nothing is kept of single copies.
 */
export interface WalkState {
  /** When it began, milliseconds since 1970. */
  readonly beganMs: number;
  readonly phase: WalkPhase;
  /** All up to this place in the order of the phase has been looked at; empty at its beginning. */
  readonly place: string;
  /** Copies that were looked at. */
  readonly copies: number;
  readonly bytes: number;
  /** Of them, those that were not what they should be. */
  readonly damaged: number;
  /** Copies that the log had and the node had not. */
  readonly gone: number;
  /** Copies that could not be read, or not be judged. */
  readonly unread: number;
}

/** A walk that begins. */
export function newWalk(beganMs: number): WalkState {
  return {
    beganMs,
    phase: 'logged',
    place: '',
    copies: 0,
    bytes: 0,
    damaged: 0,
    gone: 0,
    unread: 0,
  };
}

const shape = objectOf({
  beganMs: wholeNumber,
  phase: oneOf(phases),
  place: anyText,
  copies: wholeNumber,
  bytes: wholeNumber,
  damaged: wholeNumber,
  gone: wholeNumber,
  unread: wholeNumber,
});

/** A state as `annex/ballast/scrub/UUID` has it: JSON in ASCII, in one line. */
export function formatWalk(state: WalkState): string {
  const text = JSON.stringify(state).replace(/[\u007f-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${text}\n`;
}

/** Reads it; `undefined` for what is damaged: then the walk begins anew, which costs nothing but time. */
export function parseWalk(text: string): WalkState | undefined {
  const read = readJson(text, shape);
  return read.kind === 'problem' ? undefined : read.value;
}

/** How long a day is, milliseconds. */
export const dayMs: number = 24 * 60 * 60_000;

/**
 * When the next walk is due, milliseconds from now; 0: now. A clock that was set back does not put it off for
 * longer than one interval, and one that was set forward brings one walk and no more.
 */
export function dueInMs(state: WalkState | undefined, nowMs: number, everyMs: number): number {
  if (state === undefined || state.phase !== 'over') return 0;
  const sinceMs = nowMs - state.beganMs;
  // It would have begun later than now: nobody knows when it did.
  if (sinceMs < 0) return everyMs;
  return Math.max(0, everyMs - sinceMs);
}
