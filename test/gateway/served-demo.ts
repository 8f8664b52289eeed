import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { demoIn } from '../support/demo.ts';
import {
  Gateway,
  makeServer,
  SingleRepository,
  type AccessOptions,
  type Accounts,
  type GatewayOptions,
  type GatewayLimits,
  type WebOptions,
} from '../../src/gateway/index.ts';
import type { Key } from '../../src/key/index.ts';
import { journalName, locationLogPath } from '../../src/repository/index.ts';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/objects.ts';

/** A demo served in this process, and what a test wants to know of it. */
export interface ServedDemo {
  readonly directory: string;
  readonly gateway: Gateway;
  readonly port: number;
  /** UUIDs by name: `gateway`, `cluster`, `node1` and so on. */
  readonly uuids: Readonly<Record<DemoName, string>>;
  /** Messages of the gateway's warnings. */
  readonly warnings: string[];
  close(): Promise<void>;
}

export type DemoName = 'gateway' | 'cluster' | 'node1' | 'node2' | 'node3';
export const nodeNames = ['node1', 'node2', 'node3'] as const;

export interface DemoOptions {
  readonly access?: AccessOptions;
  readonly accounts?: Accounts;
  readonly limits?: Partial<GatewayLimits>;
  readonly web?: WebOptions;
  /** How the gateway is opened, besides. */
  readonly gateway?: Pick<GatewayOptions, 'repair' | 'system'>;
}

/** Makes a demo in a directory of its own. */
export async function newDemo(): Promise<string> {
  const directory = join(temporaryDirectory(), 'demo');
  await demoIn(directory);
  return directory;
}

/** A demo of its own for the tests of a file, served until they are done. */
export async function demoForTests(options: DemoOptions = {}): Promise<ServedDemo> {
  const demo = await serveDemo(await newDemo(), options);
  afterAll(() => demo.close());
  return demo;
}

/** Serves a demo on any free port. */
export async function serveDemo(directory: string, options: DemoOptions = {}): Promise<ServedDemo> {
  const warnings: string[] = [];
  const gateway = await Gateway.open(repositoryOf(directory, 'gateway'), {
    ...options.gateway,
    limits: options.limits ?? {},
    warn: (message, error) =>
      warnings.push(`${message}: ${error instanceof Error ? error.message : String(error)}`),
  });
  const server = makeServer(new SingleRepository(gateway, 'demo'), {
    access: options.access ?? { wideopen: true },
    accounts: options.accounts,
    ...options.web,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    directory,
    gateway,
    port: portOf(server),
    uuids: uuidsOf(directory),
    warnings,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await gateway.close();
    },
  };
}

/** Where a demo keeps one of its repositories. */
export function repositoryOf(directory: string, name: DemoName): string {
  return join(directory, `${name}.git`);
}

/** Names of the repositories that a repository's location log names for a key, sorted. */
export function logged(demo: ServedDemo, key: Key, by: DemoName = 'gateway'): string[] {
  const present: string[] = [];
  for (const line of logText(repositoryOf(demo.directory, by), key).split('\n')) {
    const [, status, uuid] = line.split(' ');
    if (status === '1') present.push(nameOf(demo, uuid ?? ''));
  }
  return present.sort();
}

/** The location log as git-annex reads it: the journal's file, else the branch's. */
function logText(repository: string, key: Key): string {
  const path = locationLogPath(key);
  const journalled = join(repository, 'annex', 'journal', journalName(path));
  try {
    return readFileSync(journalled, 'utf8');
  } catch {
    // It is in the branch, or nowhere.
  }
  const names = git(repository, 'ls-tree', '-r', '--name-only', 'git-annex', '--', path);
  return names === '' ? '' : git(repository, 'show', `git-annex:${path}`);
}

/** Names of the repositories whose disk has the content of a key, sorted. */
export function holders(demo: ServedDemo, key: Key): string[] {
  const names = ['gateway', ...nodeNames] as const;
  return names.filter((name) => hasContent(repositoryOf(demo.directory, name), key));
}

function hasContent(repository: string, key: Key): boolean {
  return existsSync(contentPath(repository, key));
}

/** Where a bare repository has the content of a key with a plain name. */
export function contentPath(repository: string, key: Key): string {
  const [outer = '', inner = '', log = ''] = locationLogPath(key).split('/');
  const file = log.slice(0, -'.log'.length);
  return join(repository, 'annex', 'objects', outer, inner, file, file);
}

/** The names of UUIDs in an answer, sorted. */
export function namesOf(demo: ServedDemo, uuids: readonly string[]): string[] {
  return uuids.map((uuid) => nameOf(demo, uuid)).sort();
}

function nameOf(demo: ServedDemo, uuid: string): string {
  return Object.entries(demo.uuids).find(([, other]) => other === uuid)?.[0] ?? uuid;
}

/** UUIDs by name. */
export function uuidsOf(directory: string): Record<DemoName, string> {
  const config = git(repositoryOf(directory, 'gateway'), 'config', '--list');
  const value = (name: string): string =>
    new RegExp(`^${name.replaceAll('.', String.raw`\.`)}=(.*)$`, 'm').exec(config)?.[1] ?? '';
  return {
    gateway: value('annex.uuid'),
    cluster: value('annex.cluster.cluster'),
    node1: value('remote.node1.annex-uuid'),
    node2: value('remote.node2.annex-uuid'),
    node3: value('remote.node3.annex-uuid'),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}
