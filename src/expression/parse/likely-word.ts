/** Longest word that is compared with others, in characters. */
const comparedLengthMax = 32;

/**
 * The word of a list that was likely meant: the nearest one, if at most one letter of a short word,
 * or two of a longer one, were left out, put in, mistaken or swapped with a neighbour.
 */
export function likelyWord(word: string, words: readonly string[]): string | undefined {
  if (word.length < 2 || word.length > comparedLengthMax) return undefined;
  let nearest: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of words) {
    const distance = editDistance(word, candidate);
    const isNear = distance <= (candidate.length > 5 ? 2 : 1) && distance < candidate.length - 1;
    if (isNear && distance < (nearest?.distance ?? Infinity)) {
      nearest = { word: candidate, distance };
    }
  }
  return nearest?.word;
}

function editDistance(source: string, target: string): number {
  const first = Array.from({ length: target.length + 1 }, (_, column) => column);
  let [before, row]: [readonly number[], readonly number[]] = [[], first];
  for (let line = 1; line <= source.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= target.length; column += 1) {
      const replaced = source[line - 1] === target[column - 1] ? 0 : 1;
      const isSwapped =
        line > 1 &&
        source[line - 1] === target[column - 2] &&
        source[line - 2] === target[column - 1];
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + replaced,
          isSwapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[target.length] ?? 0;
}
