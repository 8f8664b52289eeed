import { mkdirSync, writeFileSync } from 'node:fs';
import type { Configurations } from '../../src/repository/config/configurations.ts';
import type { GitPlaces } from '../../src/repository/git/places.ts';
import { thisMachine, type AttributeCopies, type System } from '../../src/repository/index.ts';
import { MemoryCommits } from './memory-commits.ts';

const nothingSaid = { numcopies: undefined, mincopies: undefined };

/** A machine that differs from this one in its git alone, which has one bare repository. */
export class ImaginedGit {
  readonly directory: string;
  readonly commits = new MemoryCommits();
  readonly values = new Map<string, readonly string[]>();
  /** What .gitattributes say of copies, by file. */
  readonly attributes = new Map<string, AttributeCopies>();
  readonly system: System;
  #changes = 0;

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory);
    this.#touch();
    const configurations: Configurations = {
      read: (where) => this.#known(where, new Map(this.values)),
      set: async (where, { name, value }) => {
        await this.#known(where, undefined);
        this.values.set(name, [value]);
        this.#touch();
      },
    };
    const places: GitPlaces = {
      version: () => Promise.resolve([2, 40]),
      find: (where) => this.#known(where, { isBare: true, gitDirectory: directory }),
      own: (where) => this.#known(where, directory),
      attributeCopiesOf: (where, file) =>
        this.#known(where, this.attributes.get(file) ?? nothingSaid),
    };
    this.system = { ...thisMachine, commits: () => this.commits, configurations, places };
  }

  async #known<T>(where: string, answer: T): Promise<T> {
    if (where !== this.directory) throw new Error(`there is no repository in ${where}`);
    return await Promise.resolve(answer);
  }

  /** The file of a configuration is looked at, to see whether that is to be read again. */
  #touch(): void {
    this.#changes += 1;
    writeFileSync(`${this.directory}/config`, 'x'.repeat(this.#changes));
  }
}
