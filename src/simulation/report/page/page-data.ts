import { byteText } from '../byte-text.ts';
import { plain } from '../../../placement/index.ts';
import { panelAreas } from '../pictures/fullness.ts';
import { heldText, tankScales } from '../pictures/network.ts';
import type { RecordedMoment, RecordedMove, SimulationRecording } from '../recording.ts';

/** What the slider of a page goes through; texts stand once, and are named by their places. */
export interface PageData {
  readonly texts: readonly string[];
  readonly scales: readonly number[];
  /** Areas of the panels over time: left, right, top, bottom. */
  readonly panels: readonly (readonly number[])[];
  readonly actions: number;
  readonly limits: readonly (number | null)[];
  readonly steps: readonly PageStep[];
}

/** How things stood, and what had just been done. */
export interface PageStep {
  readonly action: number;
  /** What each repository held, in bytes, and that in words. */
  readonly held: readonly number[];
  readonly heldTexts: readonly number[];
  /** Places of texts: what was done, in which command, and why; -1 for none. */
  readonly did: number;
  readonly command: number;
  readonly why: number;
  /** The place that gave, and the one that took; -1 for none. */
  readonly from: number;
  readonly to: number;
}

/** How it began, and then a step for each action that was kept. */
export function pageData(recording: SimulationRecording): PageData {
  const { repositories, moments, actions } = recording;
  const texts = new Texts();
  const start = moments.find(({ action, move }) => action === 0 && move === undefined);
  const shown = moments.filter((moment) => moment === start || moment.move !== undefined);
  return {
    steps: shown.map((moment) => stepOf(moment, recording, texts)),
    texts: texts.all,
    scales: tankScales(recording),
    limits: repositories.map(({ maxsizeBytes }) =>
      maxsizeBytes === undefined ? null : Number(maxsizeBytes),
    ),
    panels: panelAreas(recording).map(({ left, right, top, bottom }) => [left, right, top, bottom]),
    actions,
  };
}

function stepOf(
  { action, heldBytes, move }: RecordedMoment,
  { repositories }: SimulationRecording,
  texts: Texts,
): PageStep {
  const held = repositories.map((_repository, number) => heldBytes[number] ?? 0);
  const did = move === undefined ? 'Before the first action.' : didText(move, repositories);
  return {
    action,
    held,
    heldTexts: held.map((bytes, number) =>
      texts.place(heldText(bytes, repositories[number]?.maxsizeBytes)),
    ),
    did: texts.place(did),
    command: texts.place(move?.command),
    why: texts.place(move?.why),
    from: move?.from ?? -1,
    to: move?.to ?? -1,
  };
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
