import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { gitEnvironment } from './git-annex.ts';

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

/** The built program serving a demo cluster, as `npm start` runs it. */
export interface DemoServer {
  /** Where git finds the repository. */
  readonly url: string;
  readonly port: number;
  /** Highest resident memory so far, KiB. */
  peakKiB(): number;
  /** Ctrl-C; the exit status. */
  stop(): Promise<number | null>;
  /** As a crash would end it. */
  kill(): Promise<void>;
}

const children = new Set<ChildProcess>();

afterAll(() => {
  // A test that failed half-way must not leave its server behind.
  for (const child of children) child.kill('SIGKILL');
});

/** Serves the demo in a directory, on any free port or on one that is named. */
export async function serveDemo(directory: string, port = 0): Promise<DemoServer> {
  const child = spawn(process.execPath, [program, 'demo', directory, '--port', String(port)], {
    env: gitEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const exit = once(child, 'exit');
  const url = await urlFrom(child);
  return {
    url,
    port: Number(new URL(url).port),
    peakKiB: () => peakKiB(child),
    stop: async () => {
      child.kill('SIGINT');
      await exit;
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

async function urlFrom(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /serves it at (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('the demo did not start');
}

function peakKiB(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
}
