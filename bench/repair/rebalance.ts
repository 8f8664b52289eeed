import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { verdict } from '../language/figures.ts';
import { serve } from '../../test/long/world/served.ts';
import { gitEnvironment } from '../../test/support/git-annex.ts';
import { askFor, askingHead, askingRow, timed } from './asking.ts';

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

const objectBytes = 32 * 1024 * 1024;
const smallBytes = 10_000;
const rounds = 3;

/** Of the speed of `cp` and `sync`. */
const shareMin = 0.8;

/** Where clients ask, each server is started so often: its repair begins a minute later. */
const askedRounds = 2;

/** How long they ask, milliseconds, and how often is looked whether all has come by then. */
const askedMs = 10_000;
const lookMs = 50;

/** How long is waited for repair to begin, milliseconds. */
const beginMsMax = 120_000;

/**
 * How fast one node gets all that another has, beside `cp` of the same files with `sync` of each; and what clients wait
 * for small contents while a server does it, beside one that does not.
 */
export async function measureRebalance({
  place,
  megabytes,
}: {
  readonly place: string;
  readonly megabytes: number;
}): Promise<void> {
  const cluster = makeCluster(place, megabytes);
  const { gateway, from, to, contents } = cluster;
  const beside = join(place, 'copied');
  const shares: number[] = [];
  console.log('| round | cp and sync | ballast rebalance | of its speed |\n|---|---|---|---|');
  for (let round = 1; round <= rounds; round += 1) {
    mkdirSync(beside);
    const script =
      'find "$0" -type f -exec sh -c \'cp "$2" "$1" && sync "$1/${2##*/}"\' - "$1" {} \\;';
    const theirs = timed(() => execFileSync('sh', ['-c', script, from, beside]));
    rmSync(beside, { recursive: true, force: true });
    const ours = timed(() => {
      const ended = spawnSync(process.execPath, [program, 'rebalance', gateway], {
        encoding: 'utf8',
      });
      if (ended.status !== 0)
        throw new Error(`rebalance ended with ${ended.status}: ${ended.stderr}`);
    });
    if (held(to) !== contents) throw new Error(`${held(to)} of ${contents} contents were copied`);
    empty(cluster);
    shares.push(theirs / ours);
    const share = (theirs / ours).toFixed(2);
    console.log(`| ${round} | ${theirs.toFixed(0)} ms | ${ours.toFixed(0)} ms | ${share} |`);
  }
  const middle = shares.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  console.log(`\n${contents} contents of ${objectBytes / 1024 ** 2} MiB, and a small one.`);
  console.log(`  at least ${shareMin} of cp: ${verdict(middle >= shareMin)}\n`);

  console.log(askingHead);
  for (let round = 1; round <= askedRounds; round += 1) {
    for (const words of [
      ['--repair', 'off'],
      ['--repair', 'on'],
      ['--repair', 'on', '--repair-rate', '10GiB'],
    ]) {
      const server = await serve(gateway, { words });
      if (!words.includes('off')) await hasBegun(to);
      const end = performance.now() + askedMs;
      let isOver = false;
      // Until all has come, or as long as a server that does nothing is asked.
      const looking = setInterval(() => {
        isOver = performance.now() > end || held(to) === contents;
      }, lookMs);
      try {
        const times = await askFor(server, cluster, () => !isOver);
        console.log(askingRow(words.join(' '), times));
      } finally {
        clearInterval(looking);
        await server.stop();
      }
      empty(cluster);
    }
  }
}

interface Cluster {
  readonly gateway: string;
  /** The objects of the node that has all, and of the one that wants all. */
  readonly from: string;
  readonly to: string;
  readonly contents: number;
  /** The node that has all, and a small content on it. */
  readonly uuid: string;
  readonly key: string;
}

function makeCluster(place: string, megabytes: number): Cluster {
  const gateway = join(place, 'gateway');
  mkdirSync(gateway, { recursive: true });
  git(gateway, 'init', '--quiet', '-b', 'main');
  git(gateway, 'annex', 'init', 'gateway');
  git(gateway, 'annex', 'initcluster', 'pool');
  const count = Math.max(1, Math.floor((megabytes * 1024 * 1024) / objectBytes));
  for (let at = 0; at < count; at += 1) {
    writeFileSync(join(gateway, `file${at}`), randomBytes(objectBytes));
  }
  const content = randomBytes(smallBytes);
  writeFileSync(join(gateway, 'small'), content);
  git(gateway, 'annex', 'add', '--quiet', '--backend=SHA256', '.');
  git(gateway, 'commit', '--quiet', '--message', 'files');
  for (const node of ['n1', 'n2']) {
    const directory = join(place, node);
    git(gateway, 'clone', '--quiet', '.', directory);
    git(directory, 'remote', 'remove', 'origin');
    git(directory, 'annex', 'init', node);
    git(gateway, 'remote', 'add', node, directory);
    git(gateway, 'fetch', '--quiet', node);
    git(gateway, 'config', `remote.${node}.annex-cluster-node`, 'pool');
  }
  git(gateway, 'annex', 'updatecluster');
  git(gateway, 'annex', 'move', '--quiet', '--to', 'n1', '.');
  const hash = createHash('sha256').update(content).digest('hex');
  return {
    gateway,
    from: join(place, 'n1/.git/annex/objects'),
    to: join(place, 'n2/.git/annex/objects'),
    contents: count + 1,
    uuid: git(gateway, 'config', 'remote.n1.annex-uuid').trim(),
    key: `SHA256-s${smallBytes}--${hash}`,
  };
}

/** Resolves when the first copy has come. */
async function hasBegun(to: string): Promise<void> {
  const end = performance.now() + beginMsMax;
  while (held(to) === 0) {
    if (performance.now() > end) throw new Error('repair has not begun');
    await delay(lookMs);
  }
}

/** Takes all away again that has come. */
function empty({ gateway, to }: Cluster): void {
  git(gateway, 'annex', 'drop', '--quiet', '--all', '--from', 'n2');
  if (held(to) > 0) throw new Error(`${held(to)} contents are still there`);
}

function held(objects: string): number {
  return readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length;
}

function git(directory: string, ...words: readonly string[]): string {
  return execFileSync('git', ['-C', directory, ...words], {
    env: gitEnvironment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
