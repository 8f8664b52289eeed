import type {
  SimulationEvent,
  SimulationHappening,
  SimulationProblem,
} from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';
import { excerptOf } from './excerpt.ts';

/** Where the text of a problem stands. */
export interface Source {
  /** The name of its file; `undefined` for the words of a command line. */
  readonly file: string | undefined;
  readonly text: string;
}

/** Trouble in our words, and in git-annex's where it has any. */
export interface TroubleWords {
  readonly gitAnnex?: string;
  readonly plain: string;
}

/** Prints what comes of a simulation: as git-annex does, for people, or for programs. */
export interface Printer {
  /** What the simulation says, and what is done with it. */
  message(text: string): void;
  event(event: SimulationEvent): void;
  happening(happening: SimulationHappening): void;
  /** The last event did not count. */
  undo(): void;
  problem(problem: SimulationProblem, source: Source): void;
  trouble(told: TroubleWords): void;
}

/** How a {@link Printer} prints, as the options of the verb have it. */
export interface PrinterOptions {
  readonly isGitAnnex: boolean;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** Takes what belongs on standard output. */
  readonly print: (text: string) => void;
}

/** @param options as they were given; JSON goes before the rest. */
export function printerOf(options: PrinterOptions): Printer {
  const { isGitAnnex, isJson, isQuiet, print } = options;
  if (isJson) return jsonPrinter(print, isQuiet);
  return {
    message: (text) => {
      if (isQuiet) return;
      print(isGitAnnex ? `\n  ${text}\n` : `${plain(text)}\n`);
    },
    event: () => undefined,
    happening: () => undefined,
    undo: () => undefined,
    problem: (problem, source) => {
      const { gitAnnexError } = problem;
      console.error(isGitAnnex ? `git-annex: ${gitAnnexError}` : withCaret(problem, source));
    },
    trouble: ({ gitAnnex, plain: ours }) => {
      const isTheirs = isGitAnnex && gitAnnex !== undefined;
      console.error(isTheirs ? `git-annex: ${gitAnnex}` : `ballast: ${ours}`);
    },
  };
}

/** A problem for people: where it is, what it is, and what could have stood there. */
function withCaret(problem: SimulationProblem, { file, text }: Source): string {
  const { code, line, column, message, expected } = problem;
  const place = file === undefined ? `column ${column}` : `${file}:${line}:${column}`;
  const { shown, caret } = excerptOf(text, { line, column });
  return `${plain(place)}: ${plain(message)} (${code})\n  ${shown}\n  ${caret}\n  expected: ${plain(expected)}`;
}

function eventJson({ repository, remote, changed, file, bytes, ms }: SimulationEvent): object {
  const who = remote === undefined ? { repository } : { repository, remote };
  return { ...who, changed, file, bytes: String(bytes), ms };
}

/** One line of JSON each; bytes in decimal, as they may be more than a double holds. */
function jsonPrinter(print: (text: string) => void, isQuiet: boolean): Printer {
  const tell = (told: object): void => print(`${JSON.stringify(told)}\n`);
  return {
    message: (message) => {
      if (!isQuiet) tell({ kind: 'message', message });
    },
    event: (event) => tell({ kind: event.kind, ...eventJson(event) }),
    happening: (happening) => {
      const { ms } = happening;
      switch (happening.kind) {
        case 'begins':
        case 'breaksOff': {
          const { kind, event, bytesLeft } = happening;
          return tell({ kind, transfer: event.kind, ...eventJson(event), bytesLeft });
        }
        case 'arrives':
        case 'isTurnedAway': {
          const { kind, file, bytes, repositories } = happening;
          return tell({ kind, repositories, file, bytes: String(bytes), ms });
        }
        case 'fails':
        case 'returns':
          return tell({ kind: happening.kind, repository: happening.repository, ms });
        // The message says so.
        case 'settled':
          return undefined;
      }
    },
    undo: () => tell({ kind: 'undo' }),
    problem: (problem, { file }) => {
      tell({ kind: 'problem', ...(file === undefined ? {} : { file }), ...problem });
    },
    trouble: ({ gitAnnex, plain: message }) => {
      tell({ kind: 'trouble', message, gitAnnexError: gitAnnex });
    },
  };
}
