import { plain } from '../../units/index.ts';
import { byteText } from '../words/byte-text.ts';
import { courseOf, type Course } from '../pictures/course.ts';
import { panelArea } from '../pictures/fullness.ts';
import { heldText, tankScales } from '../pictures/network.ts';
import type {
  RecordedHappening,
  RecordedMoment,
  RecordedMove,
  SimulationRecording,
} from '../recording.ts';
import { timeText } from '../words/time-text.ts';

/** What the slider of a page goes through; texts stand once, and are named by their places. */
export interface PageData {
  readonly texts: readonly string[];
  readonly scales: readonly number[];
  /** Where curves are in a panel over time. */
  readonly panel: typeof panelArea;
  readonly limits: readonly (number | null)[];
  readonly steps: readonly PageStep[];
}

/** How things stood, and what had just been done. */
export interface PageStep {
  readonly action: number;
  /** Where on the axis of pictures over time it is, from 0 to 1. */
  readonly share: number;
  /** Which step it is, and when. */
  readonly label: number;
  /** What each repository held, in bytes, and that in words. */
  readonly held: readonly number[];
  readonly heldTexts: readonly number[];
  /** Places of texts: what was done, in which command, and why; -1 for none. */
  readonly did: number;
  readonly command: number;
  readonly why: number;
  /** Places of repositories that are down. */
  readonly down: readonly number[];
  /** The place that gave, and the one that took; -1 for none. */
  readonly from: number;
  readonly to: number;
}

/** How it began, and then a step for each action and happening that was kept. */
export function pageData(recording: SimulationRecording): PageData {
  const { repositories, moments } = recording;
  const texts = new Texts();
  const course = courseOf(recording);
  const start = moments.find(({ turn }) => turn === 0);
  const shown = moments.filter(
    (moment) => moment === start || moment.move !== undefined || moment.happening !== undefined,
  );
  return {
    steps: shown.map((moment) => stepOf(moment, { recording, course, texts })),
    texts: texts.all,
    scales: tankScales(recording),
    limits: repositories.map(({ maxsizeBytes }) =>
      maxsizeBytes === undefined ? null : Number(maxsizeBytes),
    ),
    panel: panelArea,
  };
}

interface Telling {
  readonly recording: SimulationRecording;
  readonly course: Course;
  readonly texts: Texts;
}

function stepOf(moment: RecordedMoment, { recording, course, texts }: Telling): PageStep {
  const { repositories } = recording;
  const { action, heldBytes, move, down } = moment;
  const held = repositories.map((_repository, number) => heldBytes[number] ?? 0);
  return {
    action,
    share: course.shareOf(moment),
    label: texts.place(labelOf(moment, recording, course)),
    held,
    heldTexts: held.map((bytes, number) =>
      texts.place(heldText(bytes, repositories[number]?.maxsizeBytes)),
    ),
    did: texts.place(toldOf(moment, repositories)),
    command: texts.place(move?.command),
    why: texts.place(move?.why),
    down,
    ...endsOf(moment),
  };
}

function labelOf(
  { action, ms }: RecordedMoment,
  { actions }: SimulationRecording,
  { isTimed }: Course,
): string {
  const label = `ction ${action.toLocaleString('en')} of ${actions.toLocaleString('en')}`;
  return isTimed ? `${timeText(ms)} · a${label}` : `A${label}`;
}

/** Whom a moment is about. */
function endsOf({ move, happening }: RecordedMoment): Pick<PageStep, 'from' | 'to'> {
  if (happening === undefined) return { from: move?.from ?? -1, to: move?.to ?? -1 };
  switch (happening.kind) {
    case 'arrives':
    case 'isTurnedAway': {
      const [first = -1, second = -1] = happening.places;
      return { from: second, to: first };
    }
    case 'fails':
    case 'returns':
    case 'loses':
      return { from: -1, to: happening.place };
  }
}

function toldOf(
  { move, happening }: RecordedMoment,
  repositories: SimulationRecording['repositories'],
): string {
  if (move !== undefined) return didText(move, repositories);
  if (happening !== undefined) return happenedText(happening, repositories);
  return 'Before the first action.';
}

/** What happened, in a sentence. */
function happenedText(
  happening: RecordedHappening,
  repositories: SimulationRecording['repositories'],
): string {
  const nameOf = (place: number): string => plain(repositories[place]?.name ?? '');
  switch (happening.kind) {
    case 'arrives':
    case 'isTurnedAway': {
      const { kind, file, bytes, places } = happening;
      const what = `${plain(file)} (${byteText(bytes)})`;
      const where = places.map(nameOf).join(', ');
      return kind === 'arrives'
        ? `${what} arrives at ${where}`
        : `${what} is turned away: no room, or nobody up, at ${where}`;
    }
    case 'fails':
    case 'returns':
      return `${nameOf(happening.place)} ${happening.kind}`;
    case 'loses':
      return `${nameOf(happening.place)} loses its disk`;
  }
}

/** What an action did, in a sentence. */
function didText(move: RecordedMove, repositories: SimulationRecording['repositories']): string {
  const { kind, from, to = -1, actor, file } = move;
  const nameOf = (place: number): string => plain(repositories[place]?.name ?? '');
  const what = `${plain(file)} (${byteText(move.bytes)})`;
  switch (kind) {
    case 'get':
      return `${nameOf(to)} got ${what} from ${nameOf(from)}`;
    case 'send':
      return `${nameOf(from)} sent ${what} to ${nameOf(to)}`;
    case 'drop':
      return `${nameOf(actor)} dropped ${what}${actor === from ? '' : ` from ${nameOf(from)}`}`;
  }
}

class Texts {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  place(text: string | undefined): number {
    if (text === undefined || text === '') return -1;
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.all.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}

/**
 * JSON that can stand in a script element of a page: nothing in it ends the element, and programs that
 * read lines see none end.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
