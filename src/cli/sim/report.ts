import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import {
  formatSummary,
  htmlReport,
  SimulationRecorder,
  summarize,
  summaryJson,
  svgReport,
  type SimulationListeners,
} from '../../simulation/index.ts';
import { UserError } from '../errors.ts';
import type { Desk } from './desk.ts';
import { assertWritable, saveText } from './log-saving.ts';

export interface ReportOptions {
  readonly report?: readonly string[];
  readonly summary?: boolean;
}

/** What a report is drawn as, by the end of the file's name. */
const kinds: ReadonlyMap<string, typeof htmlReport> = new Map([
  ['.html', htmlReport],
  ['.htm', htmlReport],
  ['.svg', svgReport],
]);

/** The options of forms that run a simulation from its beginning. */
export function withReportOptions(command: Command): Command {
  return command
    .option('--summary', 'print at the end what the run came to')
    .option(
      '--report <FILE>',
      'draw the run: FILE.html is a page with each action and why, FILE.svg pictures; may be repeated',
      (file: string, files: readonly string[]) => [...files, file],
      [],
    );
}

/** What is to be told and drawn of a run when it is over, or broke off. */
export class RunReport {
  readonly recorder: SimulationRecorder;
  readonly #files: readonly string[];
  readonly #hasSummary: boolean;

  private constructor(files: readonly string[], hasSummary: boolean) {
    // Only a page says why.
    const hasReasons = files.some((file) => drawerOf(file) === htmlReport);
    this.recorder = new SimulationRecorder({ hasReasons });
    this.#files = files;
    this.#hasSummary = hasSummary;
  }

  /**
   * `undefined` when nothing is wanted.
   * @throws UserError for a file that cannot be written, or whose name does not say what is to be drawn.
   */
  static async of({ report = [], summary = false }: ReportOptions): Promise<RunReport | undefined> {
    for (const file of report) {
      drawerOf(file);
      await assertWritable(file);
    }
    return report.length > 0 || summary ? new RunReport(report, summary) : undefined;
  }

  /** Listeners that tell the recorder as well. */
  besides({ onEvent, onHappening, onUndo, ...others }: SimulationListeners): SimulationListeners {
    const { listeners } = this.recorder;
    return {
      ...others,
      onEvent: (event) => {
        listeners.onEvent(event);
        onEvent?.(event);
      },
      onHappening: (happening) => {
        listeners.onHappening(happening);
        onHappening?.(happening);
      },
      onUndo: () => {
        listeners.onUndo();
        onUndo?.();
      },
    };
  }

  /** Prints, then draws; the file of the simulation gives the title. */
  async tell(desk: Desk, simulated: string): Promise<void> {
    if (!this.recorder.isBegun) return;
    const recording = this.recorder.recording();
    if (this.#hasSummary) {
      const summary = summarize(recording);
      const text = desk.isJson
        ? `{"kind":"summary",${summaryJson(summary).slice(1)}`
        : formatSummary(summary);
      await desk.lines(text.split('\n'));
    }
    for (const file of this.#files) {
      await saveText(file, drawerOf(file)(recording, basename(simulated)));
    }
  }
}

function drawerOf(file: string): typeof htmlReport {
  const draw = kinds.get(extname(file).toLowerCase());
  if (draw !== undefined) return draw;
  throw new UserError(`${file} is no report: name a file that ends in .html or .svg.`);
}
