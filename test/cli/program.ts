import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { gitEnvironment } from '../support/git-annex.ts';

/** The program as it is built. */
export const program: string = join(import.meta.dirname, '..', '..', 'dist', 'ballast.js');

/** How a command ended. */
export interface Ended {
  /** Undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it has printed something on its standard output. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits until it has printed something on its standard error. */
  complained(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface RunOptions {
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts ballast with the arguments. */
export function start(words: readonly string[], options: RunOptions): Running {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: options.directory,
    env: { ...gitEnvironment, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of watchers) look();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status: status ?? undefined, stdout, stderr }));
  });
  const told = (pattern: RegExp, text: () => string): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text());
        if (match === null) return;
        watchers.delete(look);
        resolve(match);
      };
      watchers.add(look);
      look();
      void ended.then(() => reject(new Error(`ended before it printed ${pattern}: ${stderr}`)));
    });
  return {
    child,
    ended,
    printed: (pattern) => told(pattern, () => stdout),
    complained: (pattern) => told(pattern, () => stderr),
  };
}

/** Runs a command that ends by itself. */
export function run(words: readonly string[], options: RunOptions): Promise<Ended> {
  return start(words, options).ended;
}

/** Starts a server on any free port, and gives the port once it serves. */
export async function serve(
  words: readonly string[],
  options: RunOptions,
): Promise<Running & { readonly port: number }> {
  const running = start([...words, '--port', '0'], options);
  const [, port] = await running.printed(/http:\/\/localhost:(\d+)\/\S+\n/);
  return { ...running, port: Number(port) };
}

/** Tells a server to stop as Ctrl-C does, and waits for its end. */
export async function interrupt(running: Running): Promise<Ended> {
  running.child.kill('SIGINT');
  return await running.ended;
}
