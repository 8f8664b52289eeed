/** Figures of several runs, as the bench prints them. */

export function best(rates: readonly number[]): number {
  return Math.max(...rates);
}

export function lowest(amounts: readonly number[]): number {
  return Math.min(...amounts);
}

export function bestAndMedian(rates: readonly number[]): string {
  return `${thousands(best(rates)).padStart(9)}/s (median ${thousands(median(rates))})`;
}

export function thousands(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

export function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}

function median(rates: readonly number[]): number {
  const sorted = rates.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
