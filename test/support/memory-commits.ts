import { createHash } from 'node:crypto';
import type { NewCommit } from '../../src/repository/branch/commit-writer.ts';
import type {
  Commits,
  Difference,
  RefMove,
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
  readonly refs = new Map<string, string>();
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
      yield some.map((one) => ({ asked: one, answer: this.#object(options.nameOf(one)) }));
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

  hasRef(name: string): Promise<boolean> {
    return Promise.resolve(this.refs.has(name));
  }

  async write({ parents, files, message, timeMs }: NewCommit): Promise<string> {
    const all = new Map(this.#commit(parents[0] ?? '')?.files);
    for await (const { path, content } of files) {
      if (content.kind === 'removed') all.delete(path);
      else
        all.set(
          path,
          content.kind === 'text' ? content.text : (this.#blobs.get(content.sha) ?? ''),
        );
    }
    const sha = shaOf(JSON.stringify([parents, message, timeMs, [...all]]));
    this.commits.set(sha, { parents, timeMs, files: all });
    return sha;
  }

  async move({ ref, from, to }: RefMove): Promise<boolean> {
    await this.beforeMove();
    if (this.refs.get(ref) !== from) return false;
    this.refs.set(ref, to);
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #commit(name: string): KnownCommit | undefined {
    return this.commits.get(this.refs.get(name) ?? name);
  }

  #blob(text: string): string {
    const sha = shaOf(`blob ${text}`);
    this.#blobs.set(sha, text);
    return sha;
  }

  #object(name: string): GitObject | undefined {
    const [commit = '', path] = name.split(/:(.*)/s);
    const blob = path === undefined ? this.#blobs.get(name) : this.#commit(commit)?.files.get(path);
    if (blob !== undefined) {
      return { sha: this.#blob(blob), type: 'blob', bytes: Buffer.from(blob) };
    }
    const sha = this.refs.get(name) ?? name;
    if (path !== undefined || !this.commits.has(sha)) return undefined;
    return { sha, type: 'commit', bytes: new Uint8Array() };
  }
}

function shaOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
