import { decodeText } from '../../units/index.ts';
import { runGit } from '../git/git.ts';
import type { Configurations, ConfiguredValues } from './configurations.ts';

/** The configurations that the git of this machine reads and writes. */
export const gitConfigurations: Configurations = {
  read: async (directory) =>
    parseConfigList(decodeText(await runGit(['config', '--list', '-z'], { directory }))),
  set: async (directory, { name, value }) => {
    await runGit(['config', '--local', '--replace-all', name, value], { directory });
  },
};

/**
 * The entries of `git config --list -z`: a name, a newline and a value, or a name alone, each ended
 * by a NUL.
 */
export function parseConfigList(text: string): ConfiguredValues {
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
