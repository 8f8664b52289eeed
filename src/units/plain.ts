/** A text of unknown make for one line of a terminal, which must not see what could be in it. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd');
}

/** The beginning of a name, in quotes. */
export function shown(name: string): string {
  return plain(JSON.stringify(name.slice(0, shownLengthMax)));
}

const shownLengthMax = 80;
