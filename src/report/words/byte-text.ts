const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB', 'RB', 'QB'];

/** Bytes for people: three digits or so, in units of a thousand; however many they are. */
export function byteText(bytes: bigint | number): string {
  let { value, tens } = scaled(bytes);
  let unit = 0;
  while (Math.abs(value) * 10 ** tens >= 999.5 && unit < units.length - 1) {
    if (tens >= 3) tens -= 3;
    else value /= 1000;
    unit += 1;
  }
  const text = unit === 0 ? value.toFixed(0) : numberText(value, tens);
  return `${text} ${units[unit] ?? ''}`;
}

/** A number as one that a double holds to its full precision, times a power of ten. */
function scaled(bytes: bigint | number): { value: number; tens: number } {
  if (typeof bytes === 'number') return { value: bytes, tens: 0 };
  const digits = (bytes < 0n ? -bytes : bytes).toString().length;
  if (digits <= digitsMax) return { value: Number(bytes), tens: 0 };
  const tens = digits - digitsMax;
  return { value: Number(bytes / 10n ** BigInt(tens)), tens };
}

/** Less than the digits of the largest double. */
const digitsMax = 300;

function numberText(value: number, tens: number): string {
  if (tens > 0 || Math.abs(value) >= 1e6) return exponentText(value, tens);
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

/** Where the largest unit is too small. */
function exponentText(value: number, tens: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
  return `${Number(mantissa)}e${Number(exponent) + tens}`;
}

/** One number of bytes as a part of another, however many they are; 0 of nothing. */
export function shareOf(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const excess = BigInt(Math.max(0, whole.toString(2).length - bitsMax));
  return Number(part >> excess) / Number(whole >> excess);
}

/** More than a double tells apart, and so few that it holds what is some times as much. */
const bitsMax = 128;

/** A share for people, in percent. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${Number(percent.toFixed(Math.abs(percent) >= 9.95 ? 0 : 1))} %`;
}
