const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

/** Bytes for people: three digits or so, in units of a thousand. */
export function byteText(bytes: bigint | number): string {
  let value = Number(bytes);
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${units[unit] ?? ''}`;
}

/** A share for people, in percent. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${Number(percent.toFixed(Math.abs(percent) >= 9.95 ? 0 : 1))} %`;
}
