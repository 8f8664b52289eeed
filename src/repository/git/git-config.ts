import { decodeText } from '../../units/index.ts';
import { runGit } from './git.ts';

/**
 * The git configuration that holds in one repository: system, user and repository files, with
 * everything they include. A snapshot; {@link GitConfig.reload} takes a new one.
 */
export class GitConfig {
  readonly #directory: string;
  #values: ReadonlyMap<string, readonly string[]>;

  private constructor(directory: string, values: ReadonlyMap<string, readonly string[]>) {
    this.#directory = directory;
    this.#values = values;
  }

  /** Reads the configuration of the repository in that directory. */
  static async read(directory: string): Promise<GitConfig> {
    return new GitConfig(directory, await readValues(directory));
  }

  /** Reads it again, so that later answers are of now. */
  async reload(): Promise<void> {
    this.#values = await readValues(this.#directory);
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

/**
 * Sets one value in the repository's own configuration file, in place of all earlier ones there.
 */
export async function setGitConfig(
  directory: string,
  setting: { readonly name: string; readonly value: string },
): Promise<void> {
  await runGit(['config', '--local', '--replace-all', setting.name, setting.value], { directory });
}

/**
 * The entries of `git config --list -z`: a name, a newline and a value, or a name alone, each ended
 * by a NUL.
 */
export function parseConfigList(text: string): Map<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const entry of text.split('\0')) {
    if (entry === '') continue;
    const end = entry.indexOf('\n');
    const name = end < 0 ? entry : entry.slice(0, end);
    // A name without a value means true; an explicit empty value means false (git-config(1)).
    const value = end < 0 ? 'true' : entry.slice(end + 1);
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}

async function readValues(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  return parseConfigList(decodeText(await runGit(['config', '--list', '-z'], { directory })));
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
