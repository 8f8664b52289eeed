import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import type { Figures, Work } from './job.ts';
import type { BenchServer } from './servers.ts';
import { cpuSecondsOf, forgetPeak, peakMiBOf, type Usage } from './usage.ts';

/** One client load on one server. */
export type Measurement = Figures & Usage;

const client = fileURLToPath(new URL('load.ts', import.meta.url));

/**
 * Lets a client process of its own do the work.
 * @throws when an answer was wrong.
 */
export async function measure(server: BenchServer, work: Work): Promise<Measurement> {
  const child = spawn(process.execPath, [client], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify({ ...work, port: server.port })}\n`);
  await lines.next();
  forgetPeak(server.pid);
  const before = cpuSecondsOf(server.pid);
  child.stdin.end('go\n');
  const answer = await lines.next();
  const cpuSeconds = cpuSecondsOf(server.pid) - before;
  const peakMiB = peakMiBOf(server.pid);
  await ended;
  if (answer.done === true) throw new Error(`${server.name}: the client failed, as shown above`);
  const figures: Figures = JSON.parse(answer.value);
  return { ...figures, cpuSeconds, peakMiB };
}

/** The whole of several rounds: sums, worst peak, and the median of the quantiles. */
export function together(rounds: readonly Measurement[]): Measurement {
  const sum = (field: keyof Measurement): number =>
    rounds.reduce((total, round) => total + round[field], 0);
  const median = (field: keyof Measurement): number =>
    rounds.map((round) => round[field]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? 0;
  return {
    requests: sum('requests'),
    seconds: sum('seconds'),
    clientCpuSeconds: sum('clientCpuSeconds'),
    cpuSeconds: sum('cpuSeconds'),
    p50Ms: median('p50Ms'),
    p99Ms: median('p99Ms'),
    peakMiB: Math.max(...rounds.map((round) => round.peakMiB)),
  };
}
