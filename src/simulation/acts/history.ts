import { longerInts, type Ints } from '../world/growing.ts';

/** A command as the log has it: its words, or its line when it is a comment or blank. */
export type LoggedCommand = string | readonly string[];

/** What is kept of a history. */
export interface SavedHistory {
  /** Of repositories that changed. */
  readonly names: readonly string[];
  readonly commands: readonly LoggedCommand[];
  /** Two numbers an entry. */
  readonly entries: ArrayLike<number>;
}

/** All that happened, in order: the log. A change takes eight bytes. */
export class History {
  readonly #fileName: (file: number) => string;
  readonly #commands: LoggedCommand[] = [];
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

  addCommand(command: LoggedCommand): void {
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

  /** The first word of the command that was given last. */
  lastCommandName(): string | undefined {
    const command = this.#commands[this.#entries[this.#lastCommandIndex() * 2 + 1] ?? -1];
    return typeof command === 'string' ? undefined : command?.[0];
  }

  /**
   * Puts another command in place of the last one, for what came of it so far.
   * @param shorter is given how many changes came after it.
   * @returns false when there is no command.
   */
  cutShort(shorter: (changes: number) => LoggedCommand): boolean {
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

  /** The line of an entry, without its end. */
  line(index: number): string | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    const tag = this.#entries[index * 2] ?? -1;
    const number = this.#entries[index * 2 + 1] ?? 0;
    if (tag >= 0) {
      const change = (tag & 1) === 1 ? 'present' : 'notpresent';
      return `${change} ${this.#names[tag >> 1] ?? ''} ${this.#fileName(number)}`;
    }
    const command = this.#commands[number];
    return command === undefined || typeof command === 'string' ? command : command.join(' ');
  }

  save(): SavedHistory {
    return {
      names: this.#names,
      commands: this.#commands,
      entries: this.#entries.subarray(0, this.#length * 2),
    };
  }

  /** Puts a saved history in place of this one, which is empty. */
  restore({ names, commands, entries }: SavedHistory): void {
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
