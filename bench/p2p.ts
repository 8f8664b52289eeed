/**
 * The P2P protocol over HTTP: ballast beside `git annex p2phttp` of the newest version (in a
 * chroot) and of the one on PATH, and nginx with sendfile for what a file server can do. One run,
 * one repository, the same client load on each in turn, in short rounds so that what else the
 * machine does meets all of them. A first round of each is not counted: a server runs for months.
 *
 *     node bench/p2p.ts [--parts checkpresent,get,put,small] [--servers ballast,before,newest,old,nginx]
 *                       [--rounds N] [--seconds N] [--mib N] [--puts N] [--jobs N]
 *                       [--place DIR] [--chroot DIR] [--before DIR]
 *
 * --before names a built clone of an older ballast, which then takes part as one more rival.
 *
 * Needs root (for the chroot), git-annex, and four times --mib on the disk and in memory. Writes
 * are measured on the disk and on a tmpfs: ballast syncs whatever it acknowledges and git-annex
 * does not, and where there is nothing to sync they do the same work. A slow figure is printed, not
 * failed; a wrong answer fails.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parts, partNames, type Run } from './p2p/parts.ts';
import { makeRepository, type BenchRepository } from './p2p/repository.ts';
import {
  serverNames,
  start,
  versionOf,
  whyNot,
  type BenchServer,
  type ServerName,
} from './p2p/servers.ts';
import { printTable } from './p2p/table.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: partNames.join(',') },
    servers: { type: 'string', default: serverNames.join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    mib: { type: 'string', default: '1024' },
    puts: { type: 'string', default: '400' },
    jobs: { type: 'string', default: '40' },
    place: { type: 'string', default: tmpdir() },
    chroot: { type: 'string', default: '/var/tmp/annex-newest' },
    before: { type: 'string' },
  },
});
const wanted = values.servers.split(',');
const work = mkdtempSync(join(values.place, 'ballast-p2p-'));
const shared = mkdtempSync('/dev/shm/ballast-p2p-');
const environment = {
  ...process.env,
  HOME: work,
  LC_ALL: 'C.UTF-8',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
};
const options = {
  environment,
  jobs: Number(values.jobs),
  chroot: values.chroot,
  before: values.before,
};
const names = serverNames.filter((name) => wanted.includes(name)).filter(canTakePart);
const run: Run = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  puts: Number(values.puts),
};

try {
  for (const place of ['disk', 'tmpfs'] as const) {
    const chosen = values.parts
      .split(',')
      .flatMap((name) => parts.filter((part) => part.name === name && part.place === place));
    if (chosen.length === 0) continue;
    const largeBytes = chosen.some((part) => part.isLarge) ? Number(values.mib) * 1024 * 1024 : 0;
    const directory = join(place === 'disk' ? work : shared, 'repository');
    const repository = makeRepository(directory, { keys: 1000, largeBytes, environment });
    const servers = await startAll(names, repository);
    try {
      for (const part of chosen) {
        printTable(part, await part.measure(servers, repository, run));
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }
} finally {
  for (const directory of [work, shared]) {
    execFileSync('chmod', ['-R', 'u+w', directory]);
    rmSync(directory, { recursive: true, force: true });
    // What it was mounted on; empty, as mounts end with their server.
    for (const mounted of [join(directory, 'repository'), directory]) {
      const path = join(values.chroot, mounted);
      if (existsSync(path)) rmdirSync(path);
    }
  }
}

function canTakePart(name: ServerName): boolean {
  const why = whyNot(name, options);
  console.log(`${name}: ${why === undefined ? versionOf(name, options) : `left out, ${why}`}`);
  return why === undefined;
}

async function startAll(
  names: readonly ServerName[],
  repository: BenchRepository,
): Promise<BenchServer[]> {
  const servers: BenchServer[] = [];
  // One after the other: each looks at the repository when it starts.
  for (const name of names) servers.push(await start(name, repository, options));
  return servers;
}
