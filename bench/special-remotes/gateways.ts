import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server in front of special remotes. */
export interface Gateway {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** A repository whose special remotes are served, each by itself. */
export interface GatewayRepository {
  /** The repository, and what its server has for temporary files. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** By remote. */
  readonly uuids: ReadonlyMap<string, string>;
}

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

/** Makes a gateway with remotes by real git-annex. */
export function makeGateway(
  place: string,
  environment: NodeJS.ProcessEnv,
  remotes: ReadonlyMap<string, readonly string[]>,
): GatewayRepository {
  const directory = join(place, 'gateway');
  mkdirSync(join(directory, 'temporary'), { recursive: true });
  const env = { ...environment, TMPDIR: join(directory, 'temporary') };
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', directory, ...words], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  git('init', '--quiet', '-b', 'main');
  git('config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
  git('commit', '--quiet', '--allow-empty', '-m', 'start');
  git('annex', 'init', 'gateway');
  const uuids = new Map<string, string>();
  for (const [name, settings] of remotes) {
    git('annex', 'initremote', name, 'encryption=none', ...settings);
    git('config', `remote.${name}.annex-proxy`, 'true');
    uuids.set(name, git('config', `remote.${name}.annex-uuid`).trim());
  }
  git('annex', 'updateproxy');
  return { directory, environment: env, uuids };
}

/** Serves it by this ballast. */
export async function startBallast(repository: GatewayRepository): Promise<Gateway> {
  const port = await freePort();
  const words = [program, 'serve', repository.directory, '--wideopen', '--port', `${port}`];
  return await start('ballast', [process.execPath, ...words], { repository, port });
}

/** Serves it by git-annex itself. */
export async function startReal(repository: GatewayRepository): Promise<Gateway> {
  const port = await freePort();
  const listen = ['--wideopen', '--bind', '127.0.0.1', '--port', `${port}`, '--jobs', '20'];
  return await start('p2phttp', ['git-annex', 'p2phttp', ...listen], { repository, port });
}

async function start(
  name: string,
  [command = '', ...words]: readonly string[],
  { repository, port }: { readonly repository: GatewayRepository; readonly port: number },
): Promise<Gateway> {
  const child = spawn(command, words, {
    cwd: repository.directory,
    env: repository.environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      break;
    } catch (error) {
      if (tries === 200 || child.exitCode !== null) throw error;
      await delay(50);
    }
  }
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { name, pid: child.pid ?? 0, port, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
