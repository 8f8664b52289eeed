const lineEnd = /\r\n?|\n/;

/**
 * The lines of a log. They end where git-annex ends them when it reads one, whatever it is about: at
 * LF, CR or both. (A union merge of two versions takes lines apart at LF alone, as git-annex does.)
 */
export function logLines(text: string): string[] {
  // Almost no log has a CR, and to split at one character is many times faster.
  return text.includes('\r') ? text.split(lineEnd) : text.split('\n');
}

/** Whether a text would end a line of a log. */
export function endsLine(text: string): boolean {
  return /[\r\n]/.test(text);
}

/**
 * What should be written into a log would not be read back as it is.
 *
 * @param what the kind of value, such as "group name".
 */
export function unwritableValue(what: string, value: string, why: string): Error {
  return new Error(
    `${what} ${JSON.stringify(value.slice(0, shownMax))} cannot stand in a log: ${why}`,
  );
}

/** Characters of a value that an error shows. */
const shownMax = 100;
