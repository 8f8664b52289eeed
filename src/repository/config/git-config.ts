import type { Configurations, ConfiguredValues } from './configurations.ts';

/**
 * The git configuration that holds in one repository: system, user and repository files, with
 * everything they include. A snapshot; {@link GitConfig.reload} takes a new one.
 */
export class GitConfig {
  readonly #read: () => Promise<ConfiguredValues>;
  #values: ConfiguredValues;

  private constructor(read: () => Promise<ConfiguredValues>, values: ConfiguredValues) {
    this.#read = read;
    this.#values = values;
  }

  /** Reads the configuration of the repository in that directory. */
  static async read(directory: string, configurations: Configurations): Promise<GitConfig> {
    const read = (): Promise<ConfiguredValues> => configurations.read(directory);
    return new GitConfig(read, await read());
  }

  /** Reads it again, so that later answers are of now. */
  async reload(): Promise<void> {
    this.#values = await this.#read();
  }

  /** The value that counts: the last one given. A name without a value reads as `true`. */
  get(name: string): string | undefined {
    return this.getAll(name).at(-1);
  }

  /** All values of a name, in the order they were read. */
  getAll(name: string): readonly string[] {
    return this.#values.get(canonicalName(name)) ?? [];
  }

  /**
   * Whether the value reads as true in git's sense; `undefined` when it is not set or is neither.
   */
  getBoolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    return booleans.get(value.toLowerCase());
  }

  /** Every name that is set, section and variable in lower case. */
  names(): IterableIterator<string> {
    return this.#values.keys();
  }
}

/** Sections and variables are case-insensitive, subsections are not (git-config(1), "Syntax"). */
function canonicalName(name: string): string {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  if (first < 0) return name.toLowerCase();
  return (
    name.slice(0, first).toLowerCase() + name.slice(first, last) + name.slice(last).toLowerCase()
  );
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
  ['', false],
]);
