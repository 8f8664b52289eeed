import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Work } from './job.ts';
import { measure, together, type Measurement } from './measure.ts';
import { freshKey, holds, type BenchRepository, type LargeContent } from './repository.ts';
import type { BenchServer, ServerName } from './servers.ts';

/** How much of everything. */
export interface Run {
  readonly rounds: number;
  readonly seconds: number;
  readonly puts: number;
}

/** One question to all servers. */
export interface Part {
  /** What `--parts` calls it; several parts may share a name. */
  readonly name: string;
  readonly title: string;
  readonly place: 'disk' | 'tmpfs';
  readonly isLarge: boolean;
  /** How many times the speed of another ballast is to reach. */
  readonly targets: Readonly<Partial<Record<ServerName | 'dd', number>>>;
  readonly p99MsMax?: number;
  measure(servers: readonly BenchServer[], repository: BenchRepository, run: Run): Promise<Results>;
}

/** What came of a part, a measurement for each server and perhaps for `dd`. */
export interface Results {
  readonly measured: ReadonlyMap<string, Measurement>;
  /** What one request moves, where speed is bytes and not requests. */
  readonly requestBytes?: number;
}

const smallPutBytes = 10_000;

const onto = {
  disk: 'onto the disk (ballast syncs it, git-annex does not)',
  tmpfs: 'onto a tmpfs (nothing to sync)',
} as const;

export const parts: readonly Part[] = [
  checkPresent({ connections: 1, targets: {} }),
  checkPresent({ connections: 32, targets: { newest: 3 }, p99MsMax: 10 }),
  {
    name: 'get',
    title: 'GET of a large content, cached',
    place: 'disk',
    isLarge: true,
    targets: { newest: 1, nginx: 0.8 },
    measure: async (servers, repository, run) => {
      const { content } = largeOf(repository);
      const measured = await inRounds(servers, run, async (server) => {
        const { sizeBytes, block } = content;
        const asked = { kind: 'get', path: server.contentPath, sizeBytes, block } as const;
        return await measure(server, { ...asked, ...from(repository, 1) });
      });
      return { measured, requestBytes: content.sizeBytes };
    },
  },
  put('tmpfs', { newest: 2.5 }),
  put('disk', { dd: 0.8 }),
  smallPuts('tmpfs', { newest: 5 }),
  smallPuts('disk', { newest: 2.5 }),
];

export const partNames: readonly string[] = [...new Set(parts.map(({ name }) => name))];

function checkPresent(
  options: { readonly connections: number } & Pick<Part, 'targets' | 'p99MsMax'>,
): Part {
  const { connections, ...goals } = options;
  return {
    name: 'checkpresent',
    title: `checkpresent on ${connections} connection${connections === 1 ? '' : 's'}`,
    place: 'disk',
    isLarge: false,
    ...goals,
    measure: async (servers, repository, run) => {
      const { keys } = repository;
      const measured = await inRounds(annexes(servers), run, (server) => {
        const work = { kind: 'checkpresent', keys, seconds: run.seconds } as const;
        return measure(server, { ...work, ...from(repository, connections) });
      });
      return { measured };
    },
  };
}

/** Beside dd on the disk, which only copies and syncs. */
function put(place: Part['place'], targets: Part['targets']): Part {
  return {
    name: 'put',
    title: `PUT of a large content ${onto[place]}`,
    place,
    isLarge: true,
    targets,
    measure: async (servers, repository, run) => {
      const { content } = largeOf(repository);
      const all = place === 'disk' ? [...annexes(servers), 'dd' as const] : annexes(servers);
      const measured = await inRounds(all, run, (server) =>
        server === 'dd' ? copyByDd(repository) : putOne(server, repository),
      );
      return { measured, requestBytes: content.sizeBytes };
    },
  };
}

async function putOne(server: BenchServer, repository: BenchRepository): Promise<Measurement> {
  const { key: original, content } = largeOf(repository);
  const key = freshKey(original);
  const { sizeBytes, block } = content;
  settle();
  const asked = from(repository, 1);
  const measured = await measure(server, { kind: 'put', key, sizeBytes, block, ...asked });
  if (!holds(repository, key, content)) throw new Error(`${server.name} stored other bytes`);
  await measure(server, { kind: 'remove', keys: [key], ...asked });
  return measured;
}

function smallPuts(place: Part['place'], targets: Part['targets']): Part {
  return {
    name: 'small',
    title: `puts of 10 kB on 16 connections ${onto[place]}`,
    place,
    isLarge: false,
    targets,
    measure: async (servers, repository, run) => {
      const measured = await inRounds(annexes(servers), run, (server) => {
        settle();
        const work = { kind: 'smallPuts', sizeBytes: smallPutBytes, count: run.puts } as const;
        return measure(server, { ...work, ...from(repository, 16) });
      });
      return { measured };
    },
  };
}

/**
 * Each in turn, round after round; the one that begins changes. A first round is not counted: a server
 * runs for months, and what it does in its first seconds, as translating itself, is not its speed.
 */
async function inRounds<T extends BenchServer | 'dd'>(
  all: readonly T[],
  run: Run,
  act: (server: T) => Promise<Measurement>,
): Promise<Map<string, Measurement>> {
  const rounds = new Map<string, Measurement[]>();
  for (const server of all) rounds.set(nameOf(server), []);
  for (let round = 0; round <= run.rounds; round += 1) {
    const from = round % all.length;
    for (const server of [...all.slice(from), ...all.slice(0, from)]) {
      const measured = await act(server);
      if (round > 0) rounds.get(nameOf(server))?.push(measured);
    }
  }
  return new Map([...rounds].map(([name, measured]) => [name, together(measured)]));
}

function nameOf(server: BenchServer | 'dd'): string {
  return server === 'dd' ? 'dd' : server.name;
}

function annexes(servers: readonly BenchServer[]): BenchServer[] {
  return servers.filter(({ name }) => name !== 'nginx');
}

function from(
  { uuid }: BenchRepository,
  connections: number,
): Pick<Work, 'uuid' | 'clientUuid' | 'connections'> {
  return { uuid, clientUuid: randomUUID(), connections };
}

function largeOf({ large }: BenchRepository): LargeContent {
  if (large === undefined) throw new Error('the repository was made without a large content');
  return large;
}

/** What one server left to be written must not be written in the time of the next. */
function settle(): void {
  execFileSync('sync');
}

function copyByDd(repository: BenchRepository): Promise<Measurement> {
  const target = join(repository.directory, '..', 'copy');
  settle();
  const start = performance.now();
  const words = [`if=${largeOf(repository).file}`, `of=${target}`, 'bs=1M', 'conv=fdatasync'];
  execFileSync('dd', words, { stdio: 'ignore' });
  const seconds = (performance.now() - start) / 1000;
  rmSync(target);
  const none = { clientCpuSeconds: 0, cpuSeconds: 0, peakMiB: 0 };
  return Promise.resolve({
    ...none,
    requests: 1,
    seconds,
    p50Ms: seconds * 1000,
    p99Ms: seconds * 1000,
  });
}
