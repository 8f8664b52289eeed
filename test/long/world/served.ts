import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from '../../support/git-annex.ts';

const builtHere = fileURLToPath(new URL('../../../dist/ballast.js', import.meta.url));

/** The program that is tried: the one built here, or that of another checkout by BALLAST_PROGRAM. */
export const programHere: string = process.env['BALLAST_PROGRAM'] ?? builtHere;

/** A `ballast serve` that is running. */
export interface Served {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, by itself or not. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** Asks it to end; kills it when it does not within the seconds given. */
  stop(patienceMs?: number): Promise<void>;
  /** As a crash would end it. */
  kill(): Promise<void>;
}

export interface ServeOptions {
  readonly program?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly words?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** A file that its log is added to. Default: it is dropped. */
  readonly log?: string;
  /** Default: 60 s, after which it counts as failed. */
  readonly startMs?: number;
}

const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

// No server stays behind, however this process ends; one of vitest's is ended without a word.
process.on('exit', killAll);
if ('__vitest_worker__' in globalThis) {
  const { afterAll } = await import('vitest');
  afterAll(killAll);
}

/**
 * Starts `ballast serve DIRECTORY --wideopen` and waits for its address.
 *
 * @throws when it ends, or says none in time.
 */
export async function serve(directory: string, options: ServeOptions = {}): Promise<Served> {
  const { program = programHere, port = 0, words = [], startMs = 60_000 } = options;
  const all = [program, 'serve', directory, '--wideopen', '--bind', '127.0.0.1'];
  const child = spawn(process.execPath, [...all, '--port', String(port), ...words], {
    env: { ...gitEnvironment, ...options.environment },
    stdio: ['ignore', 'pipe', options.log === undefined ? 'ignore' : openSync(options.log, 'a')],
  });
  running.add(child);
  const ended = once(child, 'exit').then(() => void running.delete(child));
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs);
  const url = await urlFrom(child);
  clearTimeout(timer);
  const { pid } = child;
  if (pid === undefined || url === undefined) throw new Error(`${directory} was not served`);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const kill = async (): Promise<void> => {
    if (!hasEnded()) child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    port: Number(new URL(url).port),
    pid,
    ended,
    hasEnded,
    kill,
    stop: async (patienceMs = 20_000) => {
      if (!hasEnded()) child.kill('SIGINT');
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(late);
    },
  };
}

async function urlFrom(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /(http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  return undefined;
}
