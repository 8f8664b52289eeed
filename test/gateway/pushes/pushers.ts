import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeServer, SingleRepository, type AccessOptions } from '../../../src/gateway/index.ts';
import { git, gitEnvironment } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { repositoryOf, type ServedDemo } from '../served-demo.ts';

const run = promisify(execFile);

/** What a git program said, and whether it did what it was asked. */
export interface Said {
  readonly isDone: boolean;
  readonly text: string;
}

/** Runs git beside the server, which is this process. */
export async function said(where: string, ...words: readonly string[]): Promise<Said> {
  try {
    const { stdout, stderr } = await run('git', ['-C', where, ...words], { env: gitEnvironment });
    return { isDone: true, text: `${stdout}${stderr}` };
  } catch (error) {
    return { isDone: false, text: String(error) };
  }
}

/** Another door to a served demo, for peers that may do something else; a URL for git. */
export async function doorFor(
  demo: ServedDemo,
  access: AccessOptions,
): Promise<{ readonly url: string; close(): void }> {
  const server = makeServer(new SingleRepository(demo.gateway, 'demo'), { access });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/demo`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A clone with the git-annex branch as a local one. */
export async function cloneOf(url: string): Promise<string> {
  const where = join(temporaryDirectory(), 'clone');
  await said('.', 'clone', '-q', url, where);
  git(where, 'branch', '-q', 'git-annex', 'origin/git-annex');
  return where;
}

/** A commit with one file more, or another one, on a commit or on none; its SHA. */
export function commitWith(
  where: string,
  parents: readonly string[],
  files: Readonly<Record<string, string>>,
): string {
  const index = join(temporaryDirectory(), 'index');
  const env = { ...gitEnvironment, GIT_INDEX_FILE: index };
  const [first] = parents;
  if (first !== undefined) runIn(where, env, ['read-tree', first]);
  for (const [path, text] of Object.entries(files)) {
    const sha = runIn(where, env, ['hash-object', '-w', '--stdin'], text).trim();
    runIn(where, env, ['update-index', '-z', '--index-info'], `100644 ${sha}\t${path}\0`);
  }
  const tree = runIn(where, env, ['write-tree']).trim();
  const words = parents.flatMap((parent) => ['-p', parent]);
  return git(where, 'commit-tree', tree, ...words, '-m', 'x').trim();
}

/** A commit on another one, with entries at the top of its tree that no git would put there. */
export function treeWith(where: string, commit: string, entries: readonly string[]): string {
  const names = new Set(entries.map((entry) => entry.split('\t')[1]));
  const known = git(where, 'ls-tree', commit).split('\n').filter(Boolean);
  const kept = known.filter((entry) => !names.has(entry.split('\t')[1]));
  const input = [...kept, ...entries].map((entry) => `${entry}\n`).join('');
  const tree = runIn(where, gitEnvironment, ['mktree', '--missing'], input).trim();
  return git(where, 'commit-tree', tree, '-p', commit, '-m', 'x').trim();
}

/** A commit without any file. */
export function emptied(where: string, parents: readonly string[]): string {
  const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  const words = parents.flatMap((parent) => ['-p', parent]);
  git(where, 'hash-object', '-t', 'tree', '-w', '/dev/null');
  return git(where, 'commit-tree', tree, ...words, '-m', 'nothing to see').trim();
}

function runIn(
  where: string,
  env: NodeJS.ProcessEnv,
  words: readonly string[],
  input = '',
): string {
  return execFileSync('git', ['-C', where, ...words], { env, input, encoding: 'utf8' });
}

/** Every line of every log of the gateway's git-annex branch, with its path. */
export function linesOf(repository: string, branch = 'git-annex'): Set<string> {
  // Names and lines of any form would be quoted and parted otherwise.
  const text = git(repository, 'grep', '--text', '--full-name', '-z', '-e', '', branch, '--');
  return new Set(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(branch.length + 1).replace('\0', ': ')),
  );
}

/** The gateway's repository of a demo. */
export function gatewayOf(demo: ServedDemo): string {
  return repositoryOf(demo.directory, 'gateway');
}
