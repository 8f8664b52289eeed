/** Durations as git-annex writes them, `1h30m`, and down to milliseconds: `20ms`. */
const unitsMs: ReadonlyMap<string, number> = new Map([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);

const yearMs = 365 * 86_400_000;

/** The longest duration that is read: so many can be added up without a loss. */
const durationMsMax = 1000 * yearMs;

/** Longest text that is read, in characters. */
const textLengthMax = 100;

/** Milliseconds, whole: `1h30m`, `0.5s`, `20ms`, `2y`; `undefined` for any other text. */
export function readDuration(text: string): number | undefined {
  if (text === '' || text.length > textLengthMax) return undefined;
  const part = /(\d+(?:\.\d+)?)(ms|[ydhms])/y;
  let sumMs = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) return undefined;
    const [, number = '', unit = ''] = found;
    sumMs += Number(number) * (unitsMs.get(unit) ?? yearMs);
  }
  const wholeMs = Math.round(sumMs);
  return wholeMs <= durationMsMax ? wholeMs : undefined;
}

/** A duration as text: whole numbers of units, the largest first. */
export function printDuration(durationMs: number): string {
  let leftMs = durationMs;
  let text = '';
  for (const [unit, unitMs] of unitsMs) {
    const count = Math.floor(leftMs / unitMs);
    leftMs -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
