import { isTimed, type RecordedMoment, type SimulationRecording } from '../recording.ts';
import { timeText } from '../words/time-text.ts';
import { counted } from '../words/words.ts';

/** A place on the axis: from 0 at its left end to 1 at its right one. */
export interface Tick {
  readonly share: number;
  readonly text: string;
}

/** What pictures go along: simulated time where any passed, otherwise actions. */
export interface Course {
  readonly isTimed: boolean;
  readonly shareOf: (moment: Pick<RecordedMoment, 'action' | 'ms'>) => number;
  readonly shareOfMs: (ms: number) => number;
  readonly ticks: readonly Tick[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Steps between ticks that people count in; beyond these, tens of days. */
const stepsMs = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map(
    (seconds) => seconds * 1000,
  ),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 5].map((days) => days * dayMs),
];

/** Ticks after the first, at most: more have no room in a small panel. */
const ticksMax = 4;

/** The course of a run. */
export function courseOf(recording: SimulationRecording): Course {
  const { time, actions } = recording;
  const { startMs, endMs } = time;
  const shareOfMs = (ms: number): number => (ms - startMs) / Math.max(1, endMs - startMs);
  if (isTimed(recording)) {
    return {
      isTimed: true,
      shareOf: ({ ms }) => shareOfMs(ms),
      shareOfMs,
      ticks: ticksOf(startMs, endMs).map((ms) => ({
        share: shareOfMs(ms),
        text: ms === 0 ? '0' : timeText(ms),
      })),
    };
  }
  const most = Math.max(1, actions);
  return {
    isTimed: false,
    shareOf: ({ action }) => action / most,
    shareOfMs,
    ticks: [
      { share: 0, text: '0' },
      { share: 1, text: counted(most, 'action') },
    ],
  };
}

/** Times that are easy to count in, few enough for a panel. */
function ticksOf(startMs: number, endMs: number): readonly number[] {
  const stepMs = stepFor(endMs - startMs);
  const first = Math.ceil(startMs / stepMs);
  const last = Math.floor(endMs / stepMs);
  return Array.from({ length: last - first + 1 }, (_none, index) => (first + index) * stepMs);
}

function stepFor(spanMs: number): number {
  const known = stepsMs.find((stepMs) => spanMs / stepMs <= ticksMax);
  if (known !== undefined) return known;
  for (let stepMs = 10 * dayMs; ; stepMs *= 10) {
    const found = [1, 2, 5].find((times) => spanMs / (stepMs * times) <= ticksMax);
    if (found !== undefined) return stepMs * found;
  }
}
