import { UserError } from '../errors.ts';

/** The arguments of a command of git-annex-shell. */
export interface ShellArguments {
  readonly parameters: readonly string[];
  readonly uuid: string | undefined;
  /** What stands after `--`, by name. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Reads `DIR PARAMETER... [--uuid UUID] [--debug] [-- FIELD=VALUE... --]`, options anywhere
 * (spec/p2p-line.md section 1).
 *
 * @throws UserError
 */
export function readShellArguments(words: readonly string[]): ShellArguments {
  const parameters: string[] = [];
  let uuid: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      return { parameters, uuid, fields: fieldsIn(words.slice(at + 1)) };
    }
    if (word === '--uuid') {
      at += 1;
      uuid = words[at];
      if (uuid === undefined) throw new UserError('--uuid wants a UUID');
    } else if (word.startsWith('--uuid=')) {
      uuid = word.slice('--uuid='.length);
    } else if (word.startsWith('-')) {
      // Debugging is for the sake of clients that ask for it; there is nothing to be told.
      if (word !== '--debug' && word !== '-d') throw new UserError(`unknown option ${word}`);
    } else {
      parameters.push(word);
    }
  }
  return { parameters, uuid, fields: new Map() };
}

function fieldsIn(words: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) fields.set(word.slice(0, at), word.slice(at + 1));
  }
  return fields;
}
