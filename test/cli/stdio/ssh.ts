import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { OutputReader } from '../../gateway/line/talk.ts';
import { gitEnvironment } from '../../support/git-annex.ts';

/** The program as it is built. */
export const program: string = join(import.meta.dirname, '..', '..', '..', 'dist', 'ballast.js');

/** How a command ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command as an ssh server would run it. */
export interface RemoteCommand {
  readonly child: ChildProcess;
  readonly output: OutputReader;
  say(bytes: string): void;
  hangUp(): void;
  /** What it printed on standard error, once it has ended. */
  ended(): Promise<{ readonly status: number | null; readonly stderr: string }>;
}

export interface RemoteOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The file that is started. Default: the built program. */
  readonly file?: string;
}

/** Starts it. */
export function remote(words: readonly string[], options: RemoteOptions = {}): RemoteCommand {
  const child = spawn(process.execPath, [options.file ?? program, ...words], {
    env: { ...gitEnvironment, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // it may be gone already
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exit = once(child, 'close');
  return {
    child,
    output: new OutputReader(child.stdout),
    say: (bytes) => void child.stdin.write(bytes),
    hangUp: () => void child.stdin.end(),
    ended: async () => {
      await exit;
      return { status: child.exitCode, stderr };
    },
  };
}

/** Runs it to its end with all of its input. */
export async function ran(
  words: readonly string[],
  options: RemoteOptions & { readonly input?: string } = {},
): Promise<Ended> {
  const command = remote(words, options);
  command.say(options.input ?? '');
  command.hangUp();
  let stdout = '';
  for (let line = await command.output.line(); line !== undefined; ) {
    stdout += `${line}\n`;
    line = await command.output.line();
  }
  return { ...(await command.ended()), stdout };
}
