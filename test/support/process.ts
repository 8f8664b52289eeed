import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from './git-annex.ts';

/** A child process that is read line by line. */
export interface Talker {
  readonly child: ChildProcess;
  /** The next line of its output, or undefined at its end. */
  line(): Promise<string | undefined>;
  say(text: string): void;
  /** Ends its input and waits for its end. */
  end(): Promise<void>;
  /** Ends it with SIGKILL, as a crash would, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts a program. */
export function talk(program: string, ...words: readonly string[]): Talker {
  const child = spawn(program, words, {
    env: gitEnvironment,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  child.stdin.on('error', () => undefined); // it may be gone already
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    line: async () => {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    say: (text) => void child.stdin.write(text),
    end: async () => {
      child.stdin.end();
      await exit;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Starts store-worker.ts. */
export function storeWorker(...words: readonly string[]): Talker {
  const worker = fileURLToPath(new URL('store-worker.ts', import.meta.url));
  return talk(process.execPath, '--no-warnings', worker, ...words);
}

/** Starts store-worker.ts as another user; for root only. */
export function storeWorkerAs(userId: number, ...words: readonly string[]): Talker {
  const worker = fileURLToPath(new URL('store-worker.ts', import.meta.url));
  const identity = [`--reuid=${userId}`, `--regid=${userId}`, '--clear-groups'];
  return talk('setpriv', ...identity, process.execPath, '--no-warnings', worker, ...words);
}
