import {
  parseSimulationCommand,
  type SimulationEvent,
  type SimulationHappening,
  type SimulationLanguage,
  type SimulationListeners,
} from '../../simulation/index.ts';
import { decodeText, encodeText, isErrorCode } from '../../units/index.ts';
import { FoundWanting, statuses, unreadable } from '../errors.ts';
import { write } from '../words/output.ts';
import { readBounded } from './files/bounded-file.ts';
import { printerOf, type TroubleWords, type Printer } from './printer.ts';

/** How every form of the verb prints. */
export interface OutputOptions {
  readonly compat?: 'git-annex';
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Where a form of the verb says what it does: gathers what is printed, and ends where it must. */
export class SimOutput {
  readonly isGitAnnex: boolean;
  readonly isJson: boolean;
  readonly language: SimulationLanguage;
  readonly printer: Printer;
  #text = '';

  constructor({ compat, json = false, quiet = false }: OutputOptions) {
    this.isGitAnnex = compat !== undefined;
    this.language = this.isGitAnnex ? 'git-annex' : 'ballast';
    this.isJson = json;
    this.printer = printerOf({
      isGitAnnex: this.isGitAnnex,
      isJson: json,
      isQuiet: quiet,
      print: (text) => (this.#text += text),
    });
  }

  /** What a simulation is to tell. */
  get listeners(): SimulationListeners {
    const onMessage = (text: string): void => this.printer.message(text);
    if (!this.isJson) return { onMessage };
    return {
      onMessage,
      onEvent: (event: SimulationEvent) => this.printer.event(event),
      onHappening: (happening: SimulationHappening) => this.printer.happening(happening),
      onUndo: () => this.printer.undo(),
    };
  }

  /** Prints lines as they are. */
  async lines(lines: Iterable<string>): Promise<void> {
    for (const line of lines) {
      this.#text += `${line}\n`;
      if (this.#text.length >= gatheredMax) await this.flush();
    }
    await this.flush();
  }

  /** Writes what was said. */
  readonly flush = async (): Promise<void> => {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await write(encodeText(text));
  };

  /** Ends as what could not be run does; git-annex has one status for all trouble. */
  async unable(told?: TroubleWords): Promise<never> {
    const status = this.isGitAnnex ? statuses.found : statuses.unable;
    return await (told === undefined ? this.end(status) : this.fail(told, status));
  }

  /** Ends with what was found. */
  async fail(told: TroubleWords, status: number = statuses.found): Promise<never> {
    await this.flush();
    this.printer.trouble(told);
    return await this.end(status);
  }

  /** Ends with a status, when everything is said. */
  async end(status: number): Promise<never> {
    await this.flush();
    throw new FoundWanting(status);
  }

  /** Ends as git-annex does when words are no command. */
  async refuseWords(words: readonly string[], usage: string): Promise<never> {
    const parsed = parseSimulationCommand(words);
    const gitAnnex = `Unable to parse sim command: "${words.join(' ')}"`;
    if (parsed.kind === 'command') throw new RangeError(`${gitAnnex}, which is one`);
    return await this.unable({ gitAnnex, plain: `write it as: ballast sim ${usage}` });
  }

  /**
   * The text of a file, whatever bytes are in it.
   * @throws UserError when it cannot be read, or there is too much of it.
   */
  async read(file: string): Promise<string> {
    try {
      return decodeText(await readBounded(file));
    } catch (error) {
      const isMissing = isErrorCode(error, 'ENOENT');
      if (!isMissing || !this.isGitAnnex) throw unreadable(file, error);
      const gitAnnex = `${file}: openFile: does not exist (No such file or directory)`;
      return await this.unable({ gitAnnex, plain: gitAnnex });
    }
  }
}

/** How much is gathered before it is written, in UTF-16 code units. */
const gatheredMax = 64 * 1024;
