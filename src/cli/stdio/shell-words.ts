/** Characters that mean themselves outside of quotes in any shell. */
const plain = /[\w@%+=:,./~-]/;

/** Longest command that is looked at, in characters: paths and UUIDs are much shorter. */
const commandLengthMax = 16_384;

/**
 * The words of a command as clients quote them for a remote shell: blanks between, `'single'` and
 * `"double"` quotes, `\` before one character. What a shell would do more with (expand, redirect,
 * chain) makes the whole no command: `undefined`. Nothing of it ever reaches a shell.
 */
export function shellWords(command: string): string[] | undefined {
  if (command.length > commandLengthMax || /[\0\n\r]/.test(command)) return undefined;
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < command.length) {
    const character = command.charAt(at);
    if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    const part = partAt(command, at);
    if (part === undefined) return undefined;
    word = (word ?? '') + part.text;
    at = part.end;
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Part {
  readonly text: string;
  readonly end: number;
}

function partAt(command: string, at: number): Part | undefined {
  const character = command.charAt(at);
  if (character === "'" || character === '"') {
    const close = command.indexOf(character, at + 1);
    if (close === -1) return undefined;
    const text = command.slice(at + 1, close);
    // Within double quotes a shell looks at these.
    if (character === '"' && /[$`\\!]/.test(text)) return undefined;
    return { text, end: close + 1 };
  }
  if (character === '\\') {
    const next = command.charAt(at + 1);
    return next === '' ? undefined : { text: next, end: at + 2 };
  }
  const isPlain = plain.test(character) || character > '\u007f';
  return isPlain ? { text: character, end: at + 1 } : undefined;
}
