const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Units that are told besides the largest: what is left is left out. */
const unitsMore = 2;

/** A simulated time for people, in its three largest units: `1d 3h 20m`. */
export function timeText(ms: number): string {
  const largest = units.findIndex(([, unitMs]) => ms >= unitMs);
  if (largest < 0) return '0s';
  let leftMs = ms;
  const parts: string[] = [];
  for (const [unit, unitMs] of units.slice(largest, largest + 1 + unitsMore)) {
    const count = Math.floor(leftMs / unitMs);
    leftMs -= count * unitMs;
    if (count > 0) parts.push(`${count.toLocaleString('en')}${unit}`);
  }
  return parts.join(' ');
}
