import { InvalidArgumentError, Option, type Command } from 'commander';
import type { KeeperSettings, RepairMode } from '../../gateway/index.ts';
import { parseSize } from '../../units/index.ts';

/** What the options about repair give. */
export interface RepairOptions {
  readonly repair: RepairMode;
  readonly repairRate: number;
  readonly repairEvery: number;
}

const hourMs = 3_600_000;
const hoursDefault = 12;
const rateDefault = 20_000_000;

/** Gives a verb the options of how clusters are kept. */
export function withRepairOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--repair <HOW>',
        'whether the nodes of clusters get and drop what they should: off, dry (it is only told), on',
      )
        .choices(['off', 'dry', 'on'])
        .default('dry' satisfies RepairMode),
    )
    .option('--repair-rate <SIZE>', 'most that repair copies in a second', readRate, rateDefault)
    .option(
      '--repair-every <HOURS>',
      'how often all contents are looked through',
      hours,
      hoursDefault,
    );
}

/** How clusters are kept, as the options say. */
export function keeperSettings({
  repair = 'dry',
  repairRate = rateDefault,
  repairEvery = hoursDefault,
}: Partial<RepairOptions>): KeeperSettings {
  return { mode: repair, bytesPerS: repairRate, everyMs: repairEvery * hourMs };
}

/** A size above nothing, as git-annex reads sizes. */
export function readRate(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0n) return Number(bytes);
  throw new InvalidArgumentError('It is a size above 0, such as 20MB.');
}

function hours(text: string): number {
  if (/^\d{1,3}(?:\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It is a number of hours above 0.');
}
