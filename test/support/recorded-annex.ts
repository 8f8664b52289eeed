import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitEnvironment, git } from './git-annex.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** An annex in the format of spec/expressions.md section 15, to be made for real. */
export interface AnnexToRecord {
  readonly repos: readonly RepositoryToRecord[];
  readonly groupwanted: Readonly<Record<string, string>>;
  readonly numcopies?: number;
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  readonly threshold?: string;
  readonly rebalance: boolean;
  readonly gitattributes?: string;
}

export interface RepositoryToRecord {
  readonly uuid: string;
  readonly groups: readonly string[];
  readonly trust: 'trusted' | 'semitrusted' | 'untrusted' | 'dead';
  readonly wanted?: string;
  readonly required?: string;
  readonly maxsize?: string;
  readonly described: boolean;
}

/** A key of it, its file, and where the location log says it is. */
export interface KeyToRecord {
  readonly key: string;
  readonly file: string;
  readonly locations: readonly string[];
  readonly metadata: Readonly<Record<string, readonly string[]>>;
}

/** Repository UUIDs to what `find` lists for them. */
export type Found = ReadonlyMap<string, ReadonlySet<string>>;

/** A real repository with the git-annex branch, keys and files of a recorded annex. */
export class RecordedRepository {
  readonly #directory: string = join(temporaryDirectory(), 'annex');
  readonly #annex: AnnexToRecord;

  constructor(annex: AnnexToRecord, keys: readonly KeyToRecord[]) {
    this.#annex = annex;
    git('.', 'init', '-q', this.#directory);
    git(this.#directory, 'annex', 'init', 'here');
    if (annex.gitattributes !== undefined) {
      writeFileSync(join(this.#directory, '.gitattributes'), annex.gitattributes);
    }
    for (const { file } of keys) {
      mkdirSync(join(this.#directory, file, '..'), { recursive: true });
    }
    this.#run(['fast-import', '--quiet', '--force'], this.#branchUpdate());
    const lines = (of: (each: KeyToRecord) => readonly string[]): string =>
      keys.flatMap(of).join('');
    this.#annexRun(
      ['fromkey', '--force', '--batch'],
      lines(({ key, file }) => [`${key} ${file}\n`]),
    );
    this.#annexRun(
      ['setpresentkey', '--batch'],
      lines(({ key, locations }) => locations.map((uuid) => `${key} ${uuid} 1\n`)),
    );
    this.#annexRun(
      ['metadata', '--batch', '--json'],
      lines(({ file, metadata }) =>
        Object.keys(metadata).length === 0
          ? []
          : [`${JSON.stringify({ file, fields: metadata })}\n`],
      ),
    );
  }

  /** Where it is. */
  get directory(): string {
    return this.#directory;
  }

  /**
   * The files that `find` with an option such as `--want-get-by` lists for each described
   * repository.
   */
  find(option: string): Found {
    const { repos, rebalance, threshold } = this.#annex;
    const described = repos.filter((each) => each.described);
    const settings =
      threshold === undefined ? [] : ['-c', `annex.fullybalancedthreshhold=${threshold}`];
    return new Map(
      described.map(({ uuid }) => {
        const words = ['annex', 'find', `${option}=${uuid}`, '--format=${file}\\n'];
        const output = this.#run([...settings, ...words, ...(rebalance ? ['--rebalance'] : [])]);
        return [uuid, new Set(output.split('\n').filter((line) => line !== ''))] as const;
      }),
    );
  }

  #annexRun(words: readonly string[], input: string): void {
    if (input !== '') this.#run(['annex', ...words], input);
  }

  #run(words: readonly string[], input = ''): string {
    return execFileSync('git', ['-C', this.#directory, ...words], {
      env: gitEnvironment,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  /** The logs of the configuration, for `git fast-import` (spec/git-annex-branch.md). */
  #branchUpdate(): string {
    const { repos, groupwanted, numcopies, clusters } = this.#annex;
    const known = git(this.#directory, 'show', 'git-annex:uuid.log');
    const perUuid = (of: (each: RepositoryToRecord) => string | undefined): string =>
      repos
        .flatMap((each) => {
          const value = of(each);
          return value === undefined ? [] : [`${each.uuid} ${value} timestamp=1700000000s\n`];
        })
        .join('');
    const marks = { trusted: '1', semitrusted: '?', untrusted: '0', dead: 'X' };
    const stamped = (values: readonly string[]): string =>
      values.map((value) => `1700000000s ${value}\n`).join('');
    const logs: Readonly<Record<string, string>> = {
      'uuid.log': known + perUuid(({ uuid, described }) => (described ? `r${uuid}` : undefined)),
      'trust.log': perUuid(({ trust }) => (trust === 'semitrusted' ? undefined : marks[trust])),
      'group.log': perUuid(({ groups }) => (groups.length > 0 ? groups.join(' ') : undefined)),
      'preferred-content.log': perUuid(({ wanted }) => wanted),
      'required-content.log': perUuid(({ required }) => required),
      'maxsize.log': stamped(
        repos.flatMap(({ uuid, maxsize }) => (maxsize === undefined ? [] : [`${uuid} ${maxsize}`])),
      ),
      'group-preferred-content.log': stamped(
        Object.entries(groupwanted).map(([group, text]) => `${group} ${text}`),
      ),
      'cluster.log': stamped(
        Object.entries(clusters).map(([cluster, nodes]) => [cluster, ...nodes].join(' ')),
      ),
      'numcopies.log': stamped(numcopies === undefined ? [] : [String(numcopies)]),
    };
    const files = Object.entries(logs)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    return [
      'commit refs/heads/git-annex\ncommitter ballast <ballast@example.org> 1700000000 +0000\ndata 0\n',
      'from refs/heads/git-annex^0\n',
      ...files,
      'done\n',
    ].join('');
  }
}
