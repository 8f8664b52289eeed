import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchRepository } from './repository.ts';

/** A server that is running, until it is stopped. */
export interface BenchServer {
  readonly name: ServerName;
  readonly pid: number;
  readonly port: number;
  /** Where it has the large content, for GET. */
  readonly contentPath: string;
  stop(): Promise<void>;
}

export type ServerName = 'ballast' | 'before' | 'newest' | 'old' | 'nginx';

export const serverNames: readonly ServerName[] = ['ballast', 'before', 'newest', 'old', 'nginx'];

export interface StartOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Requests that git-annex serves at once. */
  readonly jobs: number;
  /** The root of a system that has the newest git-annex. */
  readonly chroot: string;
  /** A built clone of an older ballast. */
  readonly before: string | undefined;
}

const here = fileURLToPath(new URL('../..', import.meta.url));
const nginx = '/usr/sbin/nginx';

/** Why a server cannot take part here; `undefined` when it can. */
export function whyNot(name: ServerName, options: StartOptions): string | undefined {
  if (name === 'ballast' && !existsSync(programIn(here))) return 'run "npm run build" first';
  if (name === 'before' && options.before === undefined) return 'no --before names its clone';
  if (name === 'before' && !existsSync(programIn(options.before ?? here))) {
    return `there is no dist/ballast.js in ${options.before} (--before)`;
  }
  if (name === 'newest' && !existsSync(join(options.chroot, 'usr/bin/git-annex'))) {
    return `there is no git-annex in ${options.chroot} (--chroot)`;
  }
  if (name === 'nginx' && !existsSync(nginx)) return `there is no ${nginx}`;
  return undefined;
}

/** The version of the program, for the head of the table. */
export function versionOf(name: ServerName, options: StartOptions): string {
  const words = {
    ballast: [process.execPath, '--version'],
    before: ['git', '-C', options.before ?? here, 'rev-parse', '--short', 'HEAD'],
    newest: ['chroot', options.chroot, 'git-annex', 'version', '--raw'],
    old: ['git-annex', 'version', '--raw'],
    nginx: [nginx, '-v'],
  }[name];
  const [command = '', ...rest] = words;
  const text = execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', command, ...rest], {
    encoding: 'utf8',
  });
  return name === 'ballast' ? `on node ${text.trim()}` : text.trim();
}

/** Starts a server on the repository and waits until it takes connections. */
export async function start(
  name: ServerName,
  repository: BenchRepository,
  options: StartOptions,
): Promise<BenchServer> {
  const port = await freePort();
  const { directory, uuid, large } = repository;
  const [command = '', ...words] = {
    ballast: ballastIn(here, directory, port),
    before: ballastIn(options.before ?? here, directory, port),
    newest: inChroot(options.chroot, directory, p2phttp(port, options.jobs)),
    old: p2phttp(port, options.jobs),
    nginx: [nginx, '-c', nginxConfiguration(directory, port)],
  }[name];
  const child = spawn(command, words, {
    cwd: directory,
    env: options.environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await listening(child, port);
  return {
    name,
    pid: child.pid ?? 0,
    port,
    contentPath:
      name === 'nginx'
        ? '/large'
        : `/git-annex/${uuid}/v4/key/${encodeURIComponent(large?.key ?? '')}?clientuuid=${uuid}`,
    stop: () => stop(child),
  };
}

function programIn(clone: string): string {
  return join(clone, 'dist', 'ballast.js');
}

function ballastIn(clone: string, directory: string, port: number): string[] {
  const listen = ['--wideopen', '--port', String(port)];
  return [process.execPath, programIn(clone), 'serve', directory, ...listen];
}

function p2phttp(port: number, jobs: number): string[] {
  const listen = ['--bind', '127.0.0.1', '--port', String(port)];
  return ['git-annex', 'p2phttp', '--wideopen', '--jobs', String(jobs), ...listen];
}

/**
 * Shows the repository under its own path inside of another root, for this one process: the mount
 * is gone with it. Every step replaces the one before, so that the process that was started is the
 * server.
 */
function inChroot(root: string, directory: string, command: readonly string[]): string[] {
  const script =
    'mkdir -p "$0$1" && mount --bind "$1" "$0$1" && mount -t proc proc "$0/proc" && ' +
    'root=$0 directory=$1 && shift && ' +
    `exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$directory" "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, root, directory, ...command];
}

/** One process that sends files by sendfile and logs nothing. */
function nginxConfiguration(directory: string, port: number): string {
  const prefix = join(directory, '..', 'nginx');
  mkdirSync(prefix, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${prefix}/${kind};`)
    .join('\n');
  const path = join(prefix, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off; master_process off; pid ${prefix}/pid; error_log stderr crit;
events { worker_connections 256; }
http {
  access_log off; sendfile on; tcp_nopush on; ${temporary}
  server { listen 127.0.0.1:${port}; root ${join(directory, '..', 'www')}; }
}
`,
  );
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended: ${child.exitCode}`);
    const socket = connect({ port, host: '127.0.0.1' });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await delay(50);
  }
  throw new Error(`${child.spawnfile} does not listen`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
