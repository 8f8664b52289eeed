import { createHash } from 'node:crypto';
import type { NewCommit } from '../../src/repository/branch/commit-writer.ts';
import type {
  Commits,
  Difference,
  Ref,
  RefMove,
  TreeCommit,
  TreeFile,
} from '../../src/repository/branch/commits.ts';
import type { GitObject } from '../../src/repository/git/cat-file-answers.ts';
import type { BulkAnswer, BulkOptions } from '../../src/repository/git/read-objects.ts';

interface KnownCommit {
  readonly parents: readonly string[];
  readonly timeMs: number;
  readonly files: ReadonlyMap<string, string>;
}

/** Commits in memory, of one repository, with nothing of git. */
export class MemoryCommits implements Commits {
  readonly commits = new Map<string, KnownCommit>();
  readonly #blobs = new Map<string, string>();
  readonly #trees = new Map<string, ReadonlyMap<string, string>>();
  readonly tips = new Map<string, string>();
  /** Called before a ref is moved. */
  beforeMove: () => Promise<void> = () => Promise.resolve();

  object(name: string): Promise<GitObject | undefined> {
    return Promise.resolve(this.#object(name));
  }

  async *objects<T extends object | string>(
    asked: AsyncIterable<readonly T[]>,
    options: Omit<BulkOptions<T>, 'directory'>,
  ): AsyncGenerator<readonly BulkAnswer<T>[]> {
    for await (const some of asked) {
      if (some.length === 0) continue;
      yield some.map((one) => {
        const object = this.#object(options.nameOf(one));
        return { asked: one, answer: object ? { kind: 'object', object } : { kind: 'missing' } };
      });
    }
  }

  async *files(
    commit: string,
    wanted: (path: string) => boolean,
  ): AsyncGenerator<readonly TreeFile[]> {
    const files = this.#commit(commit)?.files ?? new Map<string, string>();
    yield await Promise.resolve(
      [...files].flatMap(([path, text]) => (wanted(path) ? [{ path, sha: this.#blob(text) }] : [])),
    );
  }

  async *differences(commits: {
    readonly from: string;
    readonly to: string;
  }): AsyncGenerator<Difference> {
    const [from, to] = [this.#commit(commits.from)?.files, this.#commit(commits.to)?.files];
    const sha = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : this.#blob(text);
    for (const path of new Set([...(from?.keys() ?? []), ...(to?.keys() ?? [])])) {
      const [before, after] = [sha(from?.get(path)), sha(to?.get(path))];
      if (before !== after) {
        yield await Promise.resolve({
          path,
          before,
          after,
          beforeMode: '100644',
          afterMode: '100644',
        });
      }
    }
  }

  types(names: readonly string[]): Promise<readonly (string | undefined)[]> {
    return Promise.resolve(names.map((name) => this.#object(name)?.type));
  }

  isAncestor({ older, newer }: { older: string; newer: string }): Promise<boolean> {
    return Promise.resolve(this.#history(newer).has(older));
  }

  async refs(patterns: readonly string[]): Promise<readonly Ref[]> {
    const all = [...this.tips].map(([name, sha]) => ({ name, sha }));
    const isAsked = ({ name }: Ref): boolean => patterns.some((one) => isMeant(name, one));
    return await Promise.resolve(patterns.length === 0 ? all : all.filter(isAsked));
  }

  async unmerged(patterns: readonly string[], tip: string | undefined): Promise<readonly Ref[]> {
    const merged = tip === undefined ? new Set() : this.#history(this.tips.get(tip) ?? tip);
    return (await this.refs(patterns)).filter(({ sha }) => !merged.has(sha));
  }

  head(): Promise<string | undefined> {
    return Promise.resolve('refs/heads/main');
  }

  point(ref: string, to: string): Promise<void> {
    this.tips.set(ref, to);
    return Promise.resolve();
  }

  remove(names: readonly string[]): Promise<void> {
    for (const name of names) this.tips.delete(name);
    return Promise.resolve();
  }

  hasRef(name: string): Promise<boolean> {
    return Promise.resolve(this.tips.has(name));
  }

  async write({ parents, tree, files, message, timeMs }: NewCommit): Promise<string> {
    const all = new Map(
      tree === undefined ? this.#commit(parents[0] ?? '')?.files : this.#trees.get(tree),
    );
    for await (const { path, content } of files) {
      if (content.kind === 'tree') throw new Error('no tree of another one is kept in memory');
      if (content.kind === 'removed') all.delete(path);
      else
        all.set(
          path,
          content.kind === 'text' ? content.text : (this.#blobs.get(content.sha) ?? ''),
        );
    }
    this.#trees.set(treeOf(all), all);
    const sha = shaOf(JSON.stringify([parents, message, timeMs, [...all]]));
    this.commits.set(sha, { parents, timeMs, files: all });
    return sha;
  }

  async writeOfTree({ tree, ...commit }: TreeCommit): Promise<string> {
    return await this.write({ ...commit, tree: this.#object(tree)?.sha ?? '', files: [] });
  }

  async move({ ref, from, to }: RefMove): Promise<boolean> {
    await this.beforeMove();
    if (this.tips.get(ref) !== from) return false;
    this.tips.set(ref, to);
    return true;
  }

  pack(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #commit(name: string): KnownCommit | undefined {
    return this.commits.get(this.tips.get(name) ?? name);
  }

  #history(sha: string): ReadonlySet<string> {
    const found = new Set([sha]);
    for (const one of found)
      for (const parent of this.commits.get(one)?.parents ?? []) found.add(parent);
    return found;
  }

  #blob(text: string): string {
    const sha = shaOf(`blob ${text}`);
    this.#blobs.set(sha, text);
    return sha;
  }

  #object(name: string): GitObject | undefined {
    const files = name.endsWith(treeEnd) && this.#commit(name.slice(0, -treeEnd.length))?.files;
    if (files) return { sha: treeOf(files), type: 'tree', bytes: new Uint8Array() };
    const [commit = '', path] = name.split(/:(.*)/s);
    const blob = path === undefined ? this.#blobs.get(name) : this.#commit(commit)?.files.get(path);
    if (blob !== undefined) {
      return { sha: this.#blob(blob), type: 'blob', bytes: Buffer.from(blob) };
    }
    const sha = this.tips.get(name) ?? name;
    if (path !== undefined || !this.commits.has(sha)) return undefined;
    return { sha, type: 'commit', bytes: new Uint8Array() };
  }
}

/** What names the tree of a commit, behind the name of that. */
const treeEnd = '^{tree}';

function treeOf(files: ReadonlyMap<string, string>): string {
  return shaOf(`tree ${JSON.stringify([...files])}`);
}

/** Whether a ref is meant by a pattern of git's. */
function isMeant(name: string, pattern: string): boolean {
  if (!pattern.includes('*')) return `${name}/`.startsWith(pattern.replace(/\/?$/, '/'));
  const parts = pattern.split('**/').map((part) => part.replaceAll('*', '[^/]*'));
  return new RegExp(`^${parts.join('(?:.*/)?')}$`).test(name);
}

function shaOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
