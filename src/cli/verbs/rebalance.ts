import { InvalidArgumentError, type Command } from 'commander';
import { circleText, Gateway, RepairReport } from '../../gateway/index.ts';
import { plain, type Uuid } from '../../units/index.ts';
import { FoundWanting, statuses, UserError } from '../errors.ts';
import { readRate } from '../serving/repair-options.ts';
import { stoppedWell } from '../stopping.ts';
import { ProgressLine } from '../words/progress.ts';

interface RebalanceOptions {
  readonly cluster?: readonly string[];
  readonly rate?: number;
  readonly jobs: number;
  readonly rebalance?: boolean;
}

/** Walks at most, one after the other, until one has nothing to move. */
const walksMax = 50;

/** `ballast rebalance [REPO]`: moves what `ballast plan` tells of clusters. */
export function addRebalanceVerb(program: Command): void {
  program
    .command('rebalance')
    .description('make and drop copies until the nodes of clusters keep what they want')
    .argument('[REPO]', 'the repository of the gateway; the one around by default')
    .option('--cluster <NAME>', 'only this cluster; may be given again', gathered)
    .option('--rate <SIZE>', 'most that is copied in a second, such as 20MB', readRate)
    .option('--jobs <N>', 'contents that are moved at once', count, 4)
    .option('--rebalance', "with the meaning that git-annex's --rebalance gives balanced terms")
    .addHelpText('after', statusHelp)
    .action(async (directory: string | undefined, options: RebalanceOptions) => {
      await runRebalance(directory ?? '.', options);
    });
}

const statusHelp = `
Ends with 0 when all is where it is wanted, with 1 when something is left, which it tells. It can be stopped at any time:
each copy is made whole before another goes, and the next run goes on; a second Ctrl-C ends it without waiting for what is
under way. A server that serves the clusters does this itself:
see "ballast serve --repair".`;

function gathered(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number from 1 to 999.');
}

async function runRebalance(directory: string, options: RebalanceOptions): Promise<void> {
  const warn = (message: string, error: unknown): void => {
    progress.clear();
    const why = error instanceof Error ? `: ${error.message}` : '';
    console.error(`ballast: ${message}${why}`);
  };
  const progress = new ProgressLine({ mixes: false });
  const gateway = await Gateway.open(directory, { warn });
  const stopping = stoppedWell({
    stopped: 'stopped; the next run goes on.',
    hurried:
      'stopped at once; the next run goes on. What was being moved may be locked on its nodes for ten minutes.',
  });
  try {
    const clusters = await clustersNamed(gateway, options.cluster);
    const total = new RepairReport();
    let last = total;
    for (let walks = 0; walks < walksMax; walks += 1) {
      last = await gateway.repair.walk({
        isDry: false,
        clusters,
        rebalance: options.rebalance === true,
        bytesPerS: options.rate,
        jobs: options.jobs,
        signal: stopping.signal,
        progress: (report) =>
          progress.show(() => `${report.contents} contents: ${movesOf(report)}`),
      });
      total.gets.contents += last.gets.contents;
      total.gets.bytes += last.gets.bytes;
      total.drops.contents += last.drops.contents;
      total.drops.bytes += last.drops.bytes;
      if (!last.hasMoved) break;
    }
    progress.clear();
    console.log(`${last.contents.toLocaleString('en')} contents: ${movesOf(total)}`);
    const names = await gateway.repair.nodeNames();
    const left = leftLines(last, (uuid) => plain(names.get(uuid) ?? uuid));
    for (const line of left) console.error(`ballast: ${line}`);
    if (left.length > 0) throw new FoundWanting(statuses.found);
  } finally {
    progress.clear();
    await gateway.close();
    stopping.end();
  }
}

async function clustersNamed(
  gateway: Gateway,
  asked: readonly string[] | undefined,
): Promise<ReadonlySet<Uuid> | undefined> {
  const known = await gateway.repair.clusterNames();
  if (known.size === 0)
    throw new UserError('no cluster is served here: nothing is to be repaired.');
  if (asked === undefined) return undefined;
  const named = asked.map((name) => {
    for (const [uuid, each] of known) if (each === name || uuid === name) return uuid;
    const there = [...known.values()].join(', ');
    throw new UserError(`there is no cluster named ${name} here; there are: ${there}.`);
  });
  return new Set(named);
}

function movesOf({ gets, drops }: RepairReport): string {
  const bytes = gets.bytes.toLocaleString('en');
  return (
    `${gets.contents.toLocaleString('en')} copies made (${bytes} bytes), ` +
    `${drops.contents.toLocaleString('en')} dropped`
  );
}

/** What a walk has left to be done, and why. */
function leftLines(report: RepairReport, nameOf: (uuid: Uuid) => string): readonly string[] {
  const lines: string[] = [];
  if (report.left > 0) {
    lines.push(`${report.left} contents could not be moved now, as is told above; run it again`);
  }
  if (report.cycleCount > 0) {
    const circles = report.cycles.map((circle) => circleText(circle, nameOf));
    lines.push(`${report.cycleCount} contents never settle, and were left: ${circles.join('; ')}`);
  }
  for (const [uuid, { contents, bytes }] of report.full) {
    lines.push(
      `${nameOf(uuid)} wants ${contents} contents more (${bytes} bytes), and has no room below its maxsize`,
    );
  }
  for (const [uuid, { contents }] of report.lost) {
    lines.push(`${nameOf(uuid)} wants ${contents} contents that no node has, nor the gateway`);
  }
  return lines;
}
