import { resolve } from 'node:path';
import { decodeText } from '../../units/index.ts';
import { attributeCopiesOf } from './attributes.ts';
import { findGit, runGit } from './git.ts';
import type { GitPlaces } from './places.ts';

/** The places that the git of this machine knows. */
export const gitPlaces: GitPlaces = {
  version: () => findGit(),
  find: async (directory) => {
    const asked = ['rev-parse', '--is-bare-repository', '--git-common-dir'];
    // A line, and a path that may hold line ends.
    const [isBare, ...path] = decodeText(await runGit(asked, { directory })).split('\n');
    const gitDirectory = resolve(directory, path.slice(0, -1).join('\n'));
    return { isBare: isBare === 'true', gitDirectory };
  },
  own: async (directory) => {
    const path = await runGit(['rev-parse', '--absolute-git-dir'], { directory });
    return decodeText(path).replace(/\n$/, '');
  },
  attributeCopiesOf,
};
