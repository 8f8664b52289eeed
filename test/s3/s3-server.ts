import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
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

/**
 * Why no S3 server can run here; `undefined` where one can. Its packages are fetched by apt.
 */
export const whyNoS3: string | undefined = findWhyNot();

function findWhyNot(): string | undefined {
  try {
    execFileSync('bash', [
      '-c',
      'command -v apt-get && command -v curl && test -x /usr/bin/python3',
    ]);
    return undefined;
  } catch {
    return 'an S3 server is fetched by apt, and needs curl and python3';
  }
}

/** Starts Ceph's gateway; the first time its packages are fetched. */
export async function startS3(): Promise<S3Server> {
  const port = await freePort();
  const act = async (verb: string): Promise<string> => {
    const { stdout } = await run('bash', [script, verb, '--port', `${port}`], {
      timeout: 400_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  const said = await act('start');
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
