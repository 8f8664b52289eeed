import { InvalidArgumentError } from 'commander';

/** A whole number above 0, as the value of an option. */
export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0 && /^\d+$/.test(text)) return count;
  throw new InvalidArgumentError('It takes a whole number above 0.');
}
