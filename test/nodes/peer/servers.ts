import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, mkdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { Gateway, makeServer, SingleRepository } from '../../../src/gateway/index.ts';
import {
  HttpPeer,
  LinePeer,
  parseAnnexUrl,
  PeerNode,
  type PeerConnection,
  type PeerLimits,
} from '../../../src/nodes/index.ts';
import { createRepository } from '../../../src/repository/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { imaginaryUuid, uuidOf } from '../../support/branch.ts';
import { freePort } from '../../support/free-port.ts';
import { git, gitEnvironment } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';

/** The name that the peers know the tests by. */
export const client: Uuid = imaginaryUuid(9);

const ending: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** Something to be ended when the tests of the file are done. */
export function atEnd(end: () => Promise<void>): void {
  ending.push(end);
}

/** A connection that is closed when the tests of the file are done. */
export function closedAtEnd<Peer extends PeerConnection>(peer: Peer): Peer {
  atEnd(() => peer.close());
  return peer;
}

export function nodeOf(peer: PeerConnection, uuid: Uuid): PeerNode {
  return new PeerNode(peer, { uuid, name: 'peer', cost: 200 });
}

/** A peer over HTTP on this machine. */
export function httpPeer(port: number, server: Uuid, limits: Partial<PeerLimits> = {}): HttpPeer {
  const url = parseAnnexUrl(`annex+http://127.0.0.1:${port}/git-annex/`);
  if (url === undefined) throw new Error('no url');
  return closedAtEnd(new HttpPeer({ url, server, client, limits }));
}

/**
 * A repository of the real git-annex, copied from one that is made once, under a UUID of its own.
 */
export function annexCopy(under: string): { readonly directory: string; readonly uuid: Uuid } {
  template ??= makeTemplate();
  copies += 1;
  const directory = join(under, `copy${copies}`);
  cpSync(template, directory, { recursive: true });
  const uuid = uuidOf(`${String(copies).padStart(8, '0')}-1111-4111-8111-111111111111`);
  git(directory, 'config', 'annex.uuid', uuid);
  return { directory, uuid };
}

let template: string | undefined;
let copies = 0;

function makeTemplate(): string {
  const directory = join(temporaryDirectory(), 'template');
  git('.', 'init', '-q', '--bare', directory);
  git(directory, 'annex', 'init', 'peer');
  return directory;
}

/** `git annex p2phttp` on a folder of repositories. */
export interface RealServer {
  readonly port: number;
  /** What it serves: the repositories directly in here. */
  readonly folder: string;
}

/**
 * Starts the real server. It serves what is added to its folder later, too.
 *
 * @param words further options. Default: everything is allowed.
 */
export async function realServer(
  words: readonly string[] = ['--wideopen'],
  env: Readonly<Record<string, string>> = {},
): Promise<RealServer> {
  const folder = join(temporaryDirectory(), 'served');
  mkdirSync(folder);
  const port = await freePort();
  const all = ['annex', 'p2phttp', '--directory', folder, '--bind', '127.0.0.1', '-J50', ...words];
  const child = spawn('git', [...all, '--port', String(port)], {
    env: { ...gitEnvironment, ...env },
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
  atEnd(() => endGroup(child));
  while (!(await answers(port))) await delay(20);
  return { port, folder };
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exit = once(child, 'exit');
  // git and the git-annex that it runs.
  process.kill(-child.pid, 'SIGKILL');
  await exit;
}

export function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`);
    return true;
  } catch {
    return false;
  }
}

/** `git-annex-shell p2pstdio` on a repository, without an ssh. */
export function shellPeer(
  at: { readonly directory: string; readonly uuid: Uuid },
  limits: Partial<PeerLimits> = {},
  env: Readonly<Record<string, string>> = {},
): LinePeer {
  const words = ['p2pstdio', at.directory, client, '--uuid', at.uuid];
  const command = { program: 'git-annex-shell', words, env: { ...ofTests(), ...env } };
  return closedAtEnd(new LinePeer({ command, server: at.uuid, client, limits }));
}

/** What the tests add to the environment of programs. */
export function ofTests(): Record<string, string> {
  const entries = Object.entries(gitEnvironment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

/**
 * Takes all contents, partial ones and locks out of a bare repository, behind its server's back.
 */
export function empty(directory: string): void {
  const annex = join(directory, 'annex');
  for (const name of ['objects', 'tmp', 'transfer']) {
    const path = join(annex, name);
    if (!existsSync(path)) continue;
    execFileSync('chmod', ['-R', 'u+w', path]); // contents are write protected
    // Not the directory itself: without that of the objects their disk counts as gone.
    for (const entry of readdirSync(path)) rmSync(join(path, entry), { recursive: true });
  }
}

/** A repository of its own served by ballast in this process. */
export async function ballastServer(): Promise<{
  readonly port: number;
  readonly uuid: Uuid;
  readonly directory: string;
}> {
  const directory = join(temporaryDirectory(), 'served.git');
  const uuid = imaginaryUuid(2);
  await createRepository(directory, { uuid, branch: [] });
  const gateway = await Gateway.open(directory, { warn: () => undefined });
  const server = makeServer(new SingleRepository(gateway, 'served'), {
    access: { wideopen: true },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.close();
    server.closeAllConnections();
    await gateway.close();
  });
  return { port: portOf(server.address()), uuid, directory };
}
