import { Gateway, ReadingPace } from '../../gateway/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import { machineClock } from '../../repository/clock/machine-clock.ts';
import type { FileLock } from '../../repository/index.ts';
import { FoundWanting, statuses, UserError } from '../errors.ts';
import { stopSignals } from '../stopping.ts';
import { FsckReport } from './fsck-report.ts';

/** What `ballast fsck` was told. */
export interface FsckOptions {
  readonly node?: readonly string[];
  readonly incremental?: boolean;
  /** Bytes a second. */
  readonly rate?: number;
  readonly jobs: number;
  readonly json?: boolean;
}

/** How often it is tried again while another process is at it, milliseconds. */
const pollMs = 1_000;

/**
 * Walks through the nodes of a gateway, one after the other, and tells what was found.
 *
 * @throws FoundWanting when not all is well; UserError for a node that there is none of.
 */
export async function runFsck(directory: string, options: FsckOptions): Promise<void> {
  const report = new FsckReport(options.json === true);
  const gateway = await Gateway.open(directory, {
    placement: 'brief',
    warn: (message, error) => report.warn(message, error),
  });
  const ending = new AbortController();
  const stop = (): void =>
    ending.abort(new UserError('stopped; "ballast fsck --incremental" goes on from here.'));
  for (const signal of stopSignals) process.on(signal, stop);
  try {
    await fsck(gateway, options, report, ending.signal);
  } finally {
    report.end();
    for (const signal of stopSignals) process.off(signal, stop);
    await gateway.close();
  }
  if (report.isDamaged) throw new FoundWanting();
  if (report.isUnknown) throw new FoundWanting(statuses.unknown);
}

async function fsck(
  gateway: Gateway,
  options: FsckOptions,
  report: FsckReport,
  signal: AbortSignal,
): Promise<void> {
  const { scrubbing } = gateway;
  const nodes = chosen(await scrubbing.nodes(), options.node, gateway.uuid);
  const lock = await taken(() => scrubbing.tryTake(), report, signal);
  try {
    const how = {
      pace: new ReadingPace(machineClock, { bytesPerS: options.rate }),
      signal,
      jobs: options.jobs,
      isAnew: options.incremental !== true,
      told: report.told,
    };
    await scrubbing.payOwed(nodes, how);
    for (const node of nodes) {
      report.begin(node);
      const end = await scrubbing.walk(node, how);
      report.ended(node, end);
    }
  } finally {
    lock.release();
  }
}

function chosen(
  nodes: readonly StorageNode[],
  names: readonly string[] | undefined,
  own: string,
): readonly StorageNode[] {
  if (names === undefined) return nodes;
  return names.map((name) => {
    const isHere = name === 'here';
    const found = nodes.find((node) =>
      isHere ? node.uuid === own : node.name === name || node.uuid === name,
    );
    if (found !== undefined) return found;
    const known = nodes.map((node) => (node.uuid === own ? 'here' : node.name));
    throw new UserError(`there is no node ${name} here; there are ${known.join(', ')}.`);
  });
}

async function taken(
  tryTake: () => Promise<FileLock | undefined>,
  report: FsckReport,
  signal: AbortSignal,
): Promise<FileLock> {
  for (let tries = 0; ; tries += 1) {
    const lock = await tryTake();
    if (lock !== undefined) return lock;
    if (tries === 0)
      report.warn(
        'another ballast is checking contents here; waiting for its turn to end',
        undefined,
      );
    await machineClock.sleep(pollMs, { signal });
  }
}
