import type { LintPlace } from '../../placement/index.ts';

/**
 * The command by which git-annex is given an expression, for a POSIX shell; `undefined` where a text holds
 * characters that a terminal would obey or hide, since a command is there to be read.
 */
export function settingCommand(
  { kind, of }: Pick<LintPlace, 'kind' | 'of'>,
  text: string,
): string | undefined {
  if ([of, text].some((each) => hidden.test(each))) return undefined;
  // What begins with a dash would be an option.
  const end = of.startsWith('-') || text.startsWith('-') ? ['--'] : [];
  return ['git annex', kind, ...end, quoted(of), quoted(text)].join(' ');
}

/** Control characters, ends of lines included, marks of direction, halves of characters. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}]/u;

/** A word of the shell: in quotes unless it is plain. */
function quoted(word: string): string {
  return /^[\w./:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
