/**
 * One large object up to a cluster of two copies and back, by a real git-annex client: through
 * ballast, and through `git annex p2phttp` in the same run.
 *
 *     node bench/large-object.ts [--mib N]
 *
 * Without the option 4096. Needs git-annex, and six times that on disk.
 *
 * Prints for each server the seconds of both ways, its CPU seconds and its peak resident memory,
 * and the ratios.
 */
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRealCluster } from './real-cluster.ts';

const { values } = parseArgs({ options: { mib: { type: 'string', default: '4096' } } });
const mebibytes = Number(values.mib);
const program = fileURLToPath(new URL('../dist/ballast.js', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
const environment = {
  ...process.env,
  HOME: work,
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
};

interface Server {
  readonly name: string;
  readonly process: ChildProcess;
  readonly cluster: string;
  /** What to clone, and where the annex is if the clone does not say. */
  readonly url: string;
  readonly annexUrl?: string;
}

interface Figures {
  readonly up: number;
  readonly down: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

function run(directory: string, ...words: string[]): string {
  return execFileSync('git', ['-C', directory, ...words], { env: environment, encoding: 'utf8' });
}

function startBallast(): Server {
  const port = 19_417;
  const demo = join(work, 'demo');
  const child = spawn(process.execPath, [program, 'demo', demo, '--port', String(port)], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://localhost:${port}/demo`;
  return { name: 'ballast', process: child, cluster: 'origin-cluster', url };
}

function startReal(): Server {
  const port = 19_418;
  const gateway = makeRealCluster(join(work, 'real'), { nodes: 2, environment });
  const child = spawn(
    'git-annex',
    ['p2phttp', '--wideopen', '--bind', '127.0.0.1', '--port', String(port), '--jobs', '20'],
    { cwd: gateway, env: environment, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const annexUrl = `annex+http://127.0.0.1:${port}/git-annex/`;
  return {
    name: 'git annex p2phttp',
    process: child,
    cluster: 'origin-cluster',
    url: gateway,
    annexUrl,
  };
}

async function measure(server: Server, source: string): Promise<Figures> {
  const clone = join(work, `clone-${server.cluster}-${server.process.pid}`);
  await until(() => {
    run(work, 'clone', '--quiet', server.url, clone);
  });
  run(clone, 'config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
  if (server.annexUrl !== undefined)
    run(clone, 'config', 'remote.origin.annexurl', server.annexUrl);
  run(clone, 'annex', 'init', 'bench');
  await pipeline(createReadStream(source), createWriteStream(join(clone, 'large')));
  run(clone, 'annex', 'add', '--quiet', 'large');
  const up = seconds(() => run(clone, 'annex', 'copy', '--quiet', 'large', '--to', server.cluster));
  run(clone, 'annex', 'drop', '--quiet', 'large');
  const down = seconds(() =>
    run(clone, 'annex', 'get', '--quiet', 'large', '--from', server.cluster),
  );
  if ((await sha256(join(clone, 'large'))) !== (await sha256(source)))
    throw new Error('content differs');
  const figures = { up, down, ...usageOf(server.process) };
  run(clone, 'annex', 'drop', '--quiet', '--force', 'large');
  return figures;
}

async function until(act: () => void): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      act();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await delay(100);
    }
  }
}

function seconds(act: () => void): number {
  const start = performance.now();
  act();
  return (performance.now() - start) / 1000;
}

/** CPU with that of ended children, and the highest resident memory of the server alone. */
function usageOf(child: ChildProcess): { cpuSeconds: number; peakMiB: number } {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return { cpuSeconds: ticks / 100, peakMiB: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024 };
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function makeSource(path: string): Promise<void> {
  await pipeline(function* () {
    for (let i = 0; i < mebibytes; i += 1) yield randomBytes(1024 * 1024);
  }, createWriteStream(path));
}

const results = new Map<string, Figures>();
try {
  const source = join(work, 'source');
  await makeSource(source);
  for (const start of [startBallast, startReal]) {
    const server = start();
    try {
      results.set(server.name, await measure(server, source));
    } finally {
      const ended = once(server.process, 'exit');
      server.process.kill('SIGTERM');
      await ended;
    }
  }
} finally {
  execFileSync('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true, force: true });
}

console.log(`${mebibytes} MiB to two nodes and back`);
for (const [name, { up, down, cpuSeconds, peakMiB }] of results) {
  console.log(
    `${name.padEnd(18)} up ${up.toFixed(1)} s (${(mebibytes / up).toFixed(0)} MiB/s)  ` +
      `down ${down.toFixed(1)} s (${(mebibytes / down).toFixed(0)} MiB/s)  ` +
      `server CPU ${cpuSeconds.toFixed(1)} s  peak RSS ${peakMiB.toFixed(0)} MiB`,
  );
}
const [ours, theirs] = [...results.values()];
if (ours !== undefined && theirs !== undefined) {
  const ratio = (a: number, b: number): string => (a / b).toFixed(2);
  console.log(
    `ballast / git-annex  up ${ratio(ours.up, theirs.up)}  down ${ratio(ours.down, theirs.down)}  ` +
      `CPU ${ratio(ours.cpuSeconds, theirs.cpuSeconds)}  RSS ${ratio(ours.peakMiB, theirs.peakMiB)}`,
  );
}
