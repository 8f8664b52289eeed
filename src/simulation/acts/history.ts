import { parseCommand, parseSimulation } from '../language/parse.ts';
import { printCommand, wordsOfCommand } from '../language/print.ts';
import type { Command } from '../language/command.ts';
import { longerInts, type Ints } from '../world/growing.ts';

/** What is kept of a history. */
export interface SavedHistory {
  /** Of repositories that changed. */
  readonly names: readonly string[];
  /** A line for a comment and for a blank, words for others. */
  readonly commands: readonly (string | readonly string[])[];
  /** Two numbers an entry. */
  readonly entries: ArrayLike<number>;
}

/** A {@link SavedHistory} whose commands were read. */
export interface ReadHistory extends Pick<SavedHistory, 'names' | 'entries'> {
  readonly commands: readonly Command[];
}

/** One entry of a history: a command as it was given, or a content that came or went. */
export type HistoryEntry =
  | { readonly kind: 'command'; readonly command: Command }
  | {
      readonly kind: 'change';
      readonly repository: string;
      readonly file: string;
      readonly isPresent: boolean;
    };

/** All that happened, in order: the log. A change takes eight bytes. */
export class History {
  readonly #fileName: (file: number) => string;
  readonly #commands: Command[] = [];
  readonly #names: string[] = [];
  readonly #nameNumbers = new Map<string, number>();
  /** Two numbers an entry: a name times two and whether present, and a file; or -1 and a command. */
  #entries: Ints = new Int32Array(0);
  #length = 0;

  constructor(fileName: (file: number) => string) {
    this.#fileName = fileName;
  }

  get length(): number {
    return this.#length;
  }

  addCommand(command: Command): void {
    this.#commands.push(command);
    this.#add(-1, this.#commands.length - 1);
  }

  addChange(repository: string, file: number, isPresent: boolean): void {
    let name = this.#nameNumbers.get(repository);
    if (name === undefined) {
      name = this.#names.length;
      this.#names.push(repository);
      this.#nameNumbers.set(repository, name);
    }
    this.#add(name * 2 + (isPresent ? 1 : 0), file);
  }

  /** The command that was given last. */
  lastCommand(): Command | undefined {
    const entry = this.entry(this.#lastCommandIndex());
    return entry?.kind === 'command' ? entry.command : undefined;
  }

  /**
   * Puts another command in place of the last one, for what came of it so far.
   * @param shorter is given how many changes came after it.
   * @returns false when there is no command.
   */
  cutShort(shorter: (changes: number) => Command): boolean {
    const index = this.#lastCommandIndex();
    if (index < 0) return false;
    this.#commands[this.#entries[index * 2 + 1] ?? 0] = shorter(this.#length - 1 - index);
    return true;
  }

  #lastCommandIndex(): number {
    for (let index = this.#length - 1; index >= 0; index -= 1) {
      if (this.#entries[index * 2] === -1) return index;
    }
    return -1;
  }

  /** Forgets what came after there were so many entries. */
  truncate(length: number): void {
    this.#length = length;
  }

  entry(index: number): HistoryEntry | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    const tag = this.#entries[index * 2] ?? -1;
    const number = this.#entries[index * 2 + 1] ?? 0;
    if (tag === -1) {
      const command = this.#commands[number];
      return command === undefined ? undefined : { kind: 'command', command };
    }
    return {
      kind: 'change',
      repository: this.#names[tag >> 1] ?? '',
      file: this.#fileName(number),
      isPresent: (tag & 1) === 1,
    };
  }

  /** The line of an entry, without its end. */
  line(index: number): string | undefined {
    const entry = this.entry(index);
    if (entry === undefined) return undefined;
    if (entry.kind === 'command') return printCommand(entry.command);
    const { repository, file, isPresent } = entry;
    return `${isPresent ? 'present' : 'notpresent'} ${repository} ${file}`;
  }

  save(): SavedHistory {
    return {
      names: this.#names,
      commands: this.#commands.map(savedCommand),
      entries: this.#entries.subarray(0, this.#length * 2),
    };
  }

  /** Puts a saved history in place of this one, which must be empty. */
  restore({ names, commands, entries }: ReadHistory): void {
    for (const command of commands) this.#commands.push(command);
    for (const name of names) this.#nameNumbers.set(name, this.#names.push(name) - 1);
    for (let index = 0; index + 1 < entries.length; index += 2) {
      this.#add(entries[index] ?? 0, entries[index + 1] ?? 0);
    }
  }

  #add(tag: number, number: number): void {
    const end = (this.#length + 1) * 2;
    if (end > this.#entries.length) this.#entries = longerInts(this.#entries, end);
    this.#entries[end - 2] = tag;
    this.#entries[end - 1] = number;
    this.#length += 1;
  }
}

function savedCommand(command: Command): string | readonly string[] {
  const isLine = command.kind === 'comment' || command.kind === 'blank';
  return isLine ? printCommand(command) : wordsOfCommand(command);
}

/** A command as {@link History.save} gave it; `undefined` when it does not parse. */
export function readSavedCommand(saved: string | readonly string[]): Command | undefined {
  if (typeof saved !== 'string') {
    const parsed = parseCommand(saved);
    return parsed.kind === 'command' ? parsed.command : undefined;
  }
  const parsed = parseSimulation(`${saved}\n`);
  return parsed.kind === 'simulation' ? parsed.lines[0]?.command : undefined;
}
