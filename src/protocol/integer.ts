const wholeText = /^\s*(-?)(\d+|0[xX][0-9A-Fa-f]+)\s*$/;
const leading = /^\s*(-?)(0[xX][0-9A-Fa-f]+|\d+)(?:\s[\s\S]*)?$/;

/**
 * A number as it stands in a parameter or header: decimal or hexadecimal digits, an optional minus,
 * blanks around (spec/p2p-http.md section 1, "Parameters"). Beyond 2^53 it counts as 2^53 - 1.
 */
export function readInteger(text: string): number | undefined {
  return integerOf(wholeText.exec(text));
}

/**
 * A number as it stands in a message on a line: as in a parameter, but that `2 3` is read as 2
 * (spec/p2p-line.md section 2).
 */
export function readLeadingInteger(text: string): number | undefined {
  return integerOf(leading.exec(text));
}

function integerOf(match: RegExpExecArray | null): number | undefined {
  if (match === null) return undefined;
  const [, sign, digits] = match;
  const size = Math.min(Number.MAX_SAFE_INTEGER, Number(digits));
  return sign === '-' && size > 0 ? -size : size;
}
