const units = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB', 'RB', 'QB'];

/** "The largest unit not above the size, as bytes divided by unit in double precision." */
export function printSize(bytes: bigint): string {
  let factor = 1n;
  let unit = 'B';
  for (const larger of units) {
    if (factor * 1000n > bytes) break;
    factor *= 1000n;
    unit = larger;
  }
  return `${printDouble(Number(bytes) / Number(factor))}${unit}`;
}

/** Shortest digits, with a point, and an exponent from ten million on. */
function printDouble(value: number): string {
  const withPoint = (digits: string): string => (digits.includes('.') ? digits : `${digits}.0`);
  if (value < 1e7) return withPoint(String(value));
  const [digits = '', exponent = ''] = value.toExponential().split('e+');
  return `${withPoint(digits)}e${exponent}`;
}
