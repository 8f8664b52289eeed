import { resolve } from 'node:path';
import type { Clock } from '../clock/index.ts';
import { encodeText, type Uuid } from '../units/index.ts';
import { AnnexBranch } from './annex-branch.ts';
import type { BranchFile } from './branch/branch-reader.ts';
import { quotedPath } from './branch/commit-writer.ts';
import { runGit } from './git/git.ts';
import { annexVersion } from './initialize.ts';
import type { System } from './system.ts';
import { thisMachine } from './this-machine.ts';

/** Makes a bare git-annex repository in a directory that does not exist, with git alone. */
export async function createRepository(
  directory: string,
  as: {
    readonly uuid: Uuid;
    readonly branch: readonly BranchFile[];
    /** Default: this machine. */
    readonly system?: System | undefined;
  },
): Promise<void> {
  const init = ['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1'];
  await runGit([...init, '--', resolve(directory)], { directory: '/' });
  const { system = thisMachine } = as;
  await system.configurations.set(directory, { name: 'annex.uuid', value: as.uuid });
  await system.configurations.set(directory, { name: 'annex.version', value: annexVersion });
  const branch = await AnnexBranch.open(directory, { system });
  try {
    await branch.create(as.branch);
  } finally {
    await branch.close();
  }
}

/** A file of a commit, or a symbolic link that leads to `text`. */
export interface FirstFile extends BranchFile {
  readonly isLink?: boolean;
}

/** Makes the first commit of a branch. */
export async function writeFirstCommit(
  directory: string,
  commit: {
    readonly ref: string;
    readonly message: string;
    readonly files: Iterable<FirstFile>;
    readonly clock: Clock;
  },
): Promise<void> {
  const identity = `ballast <ballast@localhost> ${Math.floor(commit.clock.wallMs() / 1000)} +0000`;
  const counted = (text: string): string => `data ${encodeText(text).length}\n${text}\n`;
  let input = `commit ${commit.ref}\ncommitter ${identity}\n${counted(commit.message)}`;
  for (const { path, text, isLink = false } of commit.files) {
    const mode = isLink ? '120000' : '100644';
    input += `M ${mode} inline ${quotedPath(path)}\n${counted(text)}`;
  }
  const args = ['fast-import', '--quiet', '--done'];
  await runGit(args, { directory, input: encodeText(`${input}done\n`) });
}
