import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** What a program printed, and what it took. */
export interface MeasuredRun {
  readonly output: string;
  readonly wallSeconds: number;
  /** With that of the programs it ran itself. */
  readonly cpuSeconds: number;
  /** Highest resident memory of the program alone. */
  readonly peakMiB: number;
}

/** How often the memory of a program is looked at; its highest mark is kept by the kernel. */
const memoryLookMs = 5;

/** Runs a program to its end. One at a time: the CPU seconds are those of all ended children. */
export async function measuredRun(
  command: string,
  words: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly directory?: string },
): Promise<MeasuredRun> {
  const cpuBefore = cpuSecondsOfEndedChildren();
  const start = performance.now();
  const child = spawn(command, words, {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakMiB = 0;
  const look = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakMiBOf(child.pid) ?? 0);
  }, memoryLookMs);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => void pieces.push(piece));
  const [status] = await once(child, 'close').finally(() => clearInterval(look));
  const wallSeconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}`);
  return {
    output: Buffer.concat(pieces).toString(),
    wallSeconds,
    cpuSeconds: cpuSecondsOfEndedChildren() - cpuBefore,
    peakMiB,
  };
}

/** `undefined` when it has ended. */
function peakMiBOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return undefined;
  }
}

function cpuSecondsOfEndedChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
