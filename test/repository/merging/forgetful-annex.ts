import { writeFileSync } from 'node:fs';
import { AnnexBranch, locationLogPath, type MergeTally } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { keyOf } from '../../support/objects.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const sharing = imaginaryUuid(3);
export const [live, dead, cluster] = [1, 2, 4].map((n) => imaginaryUuid(n));
export const stamp = '1700000000s';
export const log = locationLogPath(keyOf('WORM-s5-m1--x'));

/** Logs of every kind, with lines about a live and about a dead repository. */
export const logs: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['uuid', 'group', 'preferred-content', 'required-content', 'schedule', 'multicast'].map(
      (name) => [`${name}.log`, [`${live} x timestamp=${stamp}`, `${dead} x timestamp=${stamp}`]],
    ),
  ),
  'trust.log': [`${dead} X timestamp=${stamp}`],
  'remote.log': [
    `${live} name=l type=directory timestamp=${stamp}`,
    `${dead} name=d type=directory timestamp=${stamp}`,
    `${sharing} encryption=none sameas-name=s sameas-uuid=${dead} type=directory timestamp=${stamp}`,
  ],
  'maxsize.log': [`${stamp} ${live} 12`, `${stamp} ${dead} 12`],
  'proxy.log': [`${stamp} ${live} ${dead}:x`, `${stamp} ${dead} ${live}:y`],
  'cluster.log': [`${stamp} ${cluster} ${dead} ${live}`],
  'export.log': [`${stamp} ${dead}:${live} 4b825dc642cb6eb9a060e54bf8d69288fbee4904`],
  'numcopies.log': [`${stamp} 2`],
  [log]: [`${stamp} 1 ${live}`, `${stamp} 1 ${dead}`, `1s 0 ${dead}`],
  [`${log}.cnk`]: [`${stamp} ${live}:10 3`, `${stamp} ${dead}:10 3`, `${stamp} ${sharing}:10 3`],
  [`${log}.rmt`]: [`${stamp} ${live} x`, `${stamp} ${dead} x`],
  [`${log}.rmet`]: [`${stamp} ${live}:a +x`, `${stamp} ${dead}:a +x`],
  [`${log}.cid`]: [`${stamp} ${live} a:b`, `${stamp} ${dead} a:b`],
  [`${log}.met`]: [`${stamp} tag +x`],
  [`${log}.web`]: [`${stamp} 1 http://example.org/${dead}`],
  [locationLogPath(keyOf('WORM-s5-m1--y'))]: [`${stamp} 1 ${dead}`],
};

/** A repository whose git-annex branch has these logs. */
export function repositoryWith(files: Readonly<Record<string, readonly string[]>>): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q');
  commitTo(directory, 'refs/heads/git-annex', files);
  return directory;
}

export function commitTo(
  directory: string,
  ref: string,
  files: Readonly<Record<string, readonly string[]>>,
  parent?: string,
): void {
  const stream = [
    `commit ${ref}`,
    'committer someone <someone@example.org> 1700000000 +0000',
    'data 1\nx',
    ...(parent === undefined ? [] : [`from ${parent}`]),
    ...Object.entries(files).map(([path, lines]) => {
      const text = `${lines.join('\n')}\n`;
      return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`;
    }),
  ].join('\n');
  writeFileSync(`${directory}/.git/stream`, `${stream}\n`);
  git(directory, '-c', 'alias.feed=!git fast-import --quiet --force <.git/stream', 'feed');
}

/** Every line with its path, words of remote.log in one order. */
export function linesOf(directory: string): Set<string> {
  const text = git(directory, 'grep', '--full-name', '-e', '', 'git-annex', '--');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Set(lines.map((line) => line.split(' ').sort().join(' ')));
}

export const asked = { 'transitions.log': ['ForgetGitHistory 5s', 'ForgetDeadRemotes 5s'] };

/** Merges a version of the branch that asks to forget. */
export async function forgetIn(
  directory: string,
  files: Readonly<Record<string, readonly string[]>>,
  options: { readonly mayForget: boolean } = { mayForget: true },
): Promise<MergeTally> {
  commitTo(directory, 'refs/heads/scratch', files);
  const sha = git(directory, 'rev-parse', 'scratch').trim();
  return await withBranch(directory, (branch) =>
    branch.take({ name: 'refs/heads/git-annex', sha, ...options }),
  );
}

export async function withBranch<T>(
  directory: string,
  act: (branch: AnnexBranch) => Promise<T>,
): Promise<T> {
  const branch = await AnnexBranch.open(directory);
  try {
    return await act(branch);
  } finally {
    await branch.close();
  }
}
