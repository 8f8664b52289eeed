import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('start-s3.sh', import.meta.url));

/** A real S3 server on loopback, with its own data. */
export interface S3Server {
  readonly host: string;
  readonly port: number;
  /** What a program signs its requests with, as it reads it from its environment. */
  readonly environment: {
    readonly AWS_ACCESS_KEY_ID: string;
    readonly AWS_SECRET_ACCESS_KEY: string;
  };
  /** Kills the gateway of the store; its data stay. */
  crash(): Promise<void>;
  /** Starts it again. */
  revive(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Whether there is an S3 server; what needs it is skipped otherwise. Set-up gets it, and says why it could not. */
export const hasS3: boolean = spawnSync('bash', [script, 'has']).status === 0;

/** Starts Ceph's gateway, which ends with this process at the latest. */
export async function startS3(): Promise<S3Server> {
  const port = await freePort();
  // Its store is in memory in any case; the rest is 40 MB that are written through at every step.
  const data = existsSync('/dev/shm') ? ['--data', `/dev/shm/ballast-s3-${userInfo().uid}`] : [];
  const act = async (verb: string, ...more: readonly string[]): Promise<string> => {
    const words = [script, verb, '--port', `${port}`, ...data, ...more];
    const { stdout } = await run('bash', words, {
      timeout: 400_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  const said = await act('start', '--owner', `${process.pid}`);
  const of = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(said)?.[1] ?? '';
  return {
    host: of('S3_HOST'),
    port,
    environment: {
      AWS_ACCESS_KEY_ID: of('AWS_ACCESS_KEY_ID'),
      AWS_SECRET_ACCESS_KEY: of('AWS_SECRET_ACCESS_KEY'),
    },
    crash: async () => void (await act('crash')),
    revive: async () => void (await act('revive')),
    stop: async () => void (await act('stop')),
  };
}

/** A port with twenty free ones behind it, as far as can be known. */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 20_000 + 25 * Math.floor(Math.random() * 480);
    const isFree = await Promise.all([0, 1, 2, 10, 20].map((more) => canListen(port + more)));
    if (isFree.every(Boolean)) return port;
  }
  throw new Error('no free ports');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
