import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from './git-annex.ts';

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

/** The built program serving a repository as a process of its own. */
export interface ProgramServer {
  /** Where git finds the repository. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resident memory now, KiB. */
  residentKiB(): number;
  /** Ctrl-C; the exit status. */
  stop(): Promise<number | null>;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<unknown>;
  /** As a crash would end it; of no effect on one that has ended. */
  kill(): void;
}

/** `ballast serve DIRECTORY` on any free port, with further options. */
export async function serveProgram(
  directory: string,
  ...options: readonly string[]
): Promise<ProgramServer> {
  const words = [program, 'serve', directory, '--port', '0', ...options];
  const child = spawn(process.execPath, words, {
    env: gitEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const url = await urlFrom(child);
  const { pid } = child;
  if (pid === undefined) throw new Error('the server did not start');
  return {
    url,
    port: Number(new URL(url).port),
    pid,
    residentKiB: () => residentKiB(pid),
    ended: exit,
    stop: async () => {
      child.kill('SIGINT');
      await exit;
      return child.exitCode;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

async function urlFrom(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /(http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('the server did not start');
}

function residentKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
