import { mkdir } from 'node:fs/promises';
import type { Uuid } from '../units/index.ts';
import { AnnexBranch } from './branch/annex-branch.ts';
import type { BranchFile } from './branch/branch-reader.ts';
import { setGitConfig } from './git/git-config.ts';
import { runGit } from './git/git.ts';
import { annexVersion } from './initialize.ts';

/** Makes a bare git-annex repository in a directory that does not exist, with git alone. */
export async function createRepository(
  directory: string,
  as: { readonly uuid: Uuid; readonly branch: readonly BranchFile[] },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const init = ['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1', '.'];
  await runGit(init, { directory });
  await setGitConfig(directory, { name: 'annex.uuid', value: as.uuid });
  await setGitConfig(directory, { name: 'annex.version', value: annexVersion });
  const branch = await AnnexBranch.open(directory);
  try {
    await branch.create(as.branch);
  } finally {
    await branch.close();
  }
}

/** Makes the first commit of a branch. */
export async function writeFirstCommit(
  directory: string,
  commit: { readonly ref: string; readonly message: string; readonly files: readonly BranchFile[] },
): Promise<void> {
  const identity = `ballast <ballast@localhost> ${Math.floor(Date.now() / 1000)} +0000`;
  const counted = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const input = [
    `commit ${commit.ref}\ncommitter ${identity}\n${counted(commit.message)}`,
    ...commit.files.map(({ path, text }) => `M 100644 inline ${path}\n${counted(text)}`),
    'done\n',
  ].join('');
  await runGit(['fast-import', '--quiet', '--done'], { directory, input });
}
