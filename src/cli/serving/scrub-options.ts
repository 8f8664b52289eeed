import { InvalidArgumentError, type Command } from 'commander';
import { dayMs, scrubBytesPerSDefault, type ScrubSettings } from '../../gateway/index.ts';
import { parseSize } from '../../units/index.ts';
import { UserError } from '../errors.ts';

/** Longest time between two walks, days; who never wants one leaves the option out. */
const daysMax = 3650;

/** What a command line says of contents that are read again. */
export interface ScrubOptions {
  readonly scrub?: number;
  readonly scrubRate?: number;
}

/** Gives a verb the options `--scrub` and `--scrub-rate`. */
export function withScrubOptions(command: Command): Command {
  return command
    .option(
      '--scrub <DAYS>',
      'read every content again each so many days, and make good what is damaged (default: never)',
      parseDays,
    )
    .option(
      '--scrub-rate <SIZE>',
      `how much of that in a second, as 50MiB (default: ${scrubBytesPerSDefault / 1024 ** 2}MiB)`,
      parseRate,
    );
}

/** @throws UserError for a rate of nothing. */
export function scrubSettings({ scrub, scrubRate }: ScrubOptions): ScrubSettings | undefined {
  if (scrub === undefined) {
    if (scrubRate === undefined) return undefined;
    throw new UserError('--scrub-rate is for --scrub; say with it each how many days, as 30.');
  }
  return { everyMs: scrub * dayMs, bytesPerS: scrubRate ?? scrubBytesPerSDefault };
}

function parseDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,4}$/.test(text) && days >= 1 && days <= daysMax) return days;
  throw new InvalidArgumentError(`It is a whole number of days, from 1 to ${daysMax}.`);
}

/** Bytes a second. */
export function parseRate(text: string): number {
  const bytes = Number(parseSize(text) ?? 0n);
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError('It is how many bytes in a second, as 50MiB.');
}
