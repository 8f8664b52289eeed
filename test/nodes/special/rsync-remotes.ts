import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../../src/clock/index.ts';
import type { Key } from '../../../src/key/index.ts';
import type { PieceStore } from '../../../src/nodes/special/pieces/piece-store.ts';
import { Rsync } from '../../../src/nodes/special/rsync/rsync.ts';
import { readRsyncPlace, type RsyncPlace } from '../../../src/nodes/special/rsync/rsync-place.ts';
import type { FetchParts } from '../../../src/nodes/special/rsync/fetched-stream.ts';
import { RsyncExport } from '../../../src/nodes/special/rsync/rsync-export.ts';
import { RsyncStore } from '../../../src/nodes/special/rsync/rsync-store.ts';
import { PassingFiles } from '../../../src/nodes/special/files/passing-files.ts';
import { PassingSpace } from '../../../src/nodes/special/files/passing-space.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { freePort } from '../../support/free-port.ts';
import { collect, keyOf } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Whether rsync is here; what needs it is skipped otherwise. */
export const hasRsync: boolean = spawnSync('rsync', ['--version']).status === 0;

/** What an rsync remote in a test is like. */
export interface RsyncLike {
  /** Settings of git config, by their names without `annex-`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly shellescape?: string;
  readonly program?: string;
  readonly clock?: Clock;
  readonly reserveBytes?: number;
  readonly isSealed?: boolean;
  /** Where contents pass through files, of this remote and others. */
  readonly passing?: PassingSpace;
}

/** The settings of a remote, read. */
export function readPlace(url: string, like: RsyncLike = {}): ReturnType<typeof readRsyncPlace> {
  const settings = new Map(
    Object.entries({ rsyncurl: url, ...like.settings }).map(([name, value]) => [
      `remote.r.annex-${name}`,
      value,
    ]),
  );
  const escape = like.shellescape;
  const values = new Map(escape === undefined ? [] : [['shellescape', escape]]);
  const config = { get: (name: string) => settings.get(name) };
  return readRsyncPlace('r', config, { values, directory: '/gateway' });
}

/** The settings of a remote that can be used. */
export function placeAt(url: string, like: RsyncLike = {}): RsyncPlace {
  const read = readPlace(url, like);
  if (read.kind === 'problem') throw new Error(read.why);
  return read.place;
}

/** An rsync remote, with the directory that its temporary files are in. */
export async function rsyncStore(
  url: string,
  like: RsyncLike = {},
): Promise<{ readonly store: RsyncStore; readonly scratch: string }> {
  const { parts, scratch } = await rsyncParts(url, like);
  return { store: new RsyncStore({ ...parts, isSealed: like.isSealed ?? false }), scratch };
}

/** An rsync remote that trees are exported to, with the directory that its temporary files are in. */
export async function rsyncExport(
  url: string,
  like: RsyncLike = {},
): Promise<{ readonly store: RsyncExport; readonly scratch: string }> {
  const { parts, scratch } = await rsyncParts(url, like);
  return { store: new RsyncExport(parts), scratch };
}

async function rsyncParts(
  url: string,
  like: RsyncLike,
): Promise<{ readonly parts: FetchParts; readonly scratch: string }> {
  const annexDirectory = temporaryDirectory();
  const { clock = thisMachine.clock, program, reserveBytes = 0 } = like;
  const space =
    like.passing ?? new PassingSpace({ annexDirectory, system: thisMachine, reserveBytes });
  const files = new PassingFiles('rsync', imaginaryUuid(1), space);
  const rsync = await Rsync.open({ place: placeAt(url, like), clock, program });
  return {
    parts: { rsync, files, clock },
    scratch: join(annexDirectory, 'ballast', `rsync-${imaginaryUuid(1)}`, 'tmp'),
  };
}

/** A piece of ten bytes, and the bytes. */
export const piece = keyOf('X-s10--piece');
export const content = Buffer.from('0123456789');

/** Stores a piece. */
export async function putPiece(
  store: PieceStore,
  key: Key = piece,
  bytes = content,
): Promise<void> {
  const deposit = await store.put(key, { sizeBytes: bytes.length });
  await deposit.write(bytes);
  try {
    await deposit.commit();
  } finally {
    await deposit.abandon();
  }
}

/** All of a piece, from a byte on. */
export async function readPiece(
  store: PieceStore,
  fromByte = 0,
  key: Key = piece,
): Promise<string> {
  const got = await store.get(key, fromByte);
  if (got === undefined) throw new Error('absent');
  return (await collect(got.stream)).toString();
}

/** A program that stands for rsync: a shell script, in which `rsync` is the real one. */
export function programOf(script: string): string {
  const path = join(temporaryDirectory(), 'rsync-stand-in');
  const version = '[ "$1" = --version ] && exec rsync --version';
  writeFileSync(path, `#!/bin/sh\n${version}\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** An `ssh` that goes no further than here; other hosts than localhost are not reached. The directory that it is in. */
export function sshStandIn(): string {
  const bin = temporaryDirectory();
  const script = `#!/bin/sh
while [ "$#" -gt 0 ] && [ "$1" != localhost ]; do shift; done
[ "$#" -gt 0 ] || exit 255
shift
exec sh -c "$*"
`;
  writeFileSync(join(bin, 'ssh'), script);
  chmodSync(join(bin, 'ssh'), 0o755);
  return bin;
}

/** A real `rsync --daemon` on this machine alone. */
export class RsyncDaemon {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly directory: string;

  private constructor(child: ChildProcess, port: number, directory: string) {
    this.#child = child;
    this.#port = port;
    this.directory = directory;
  }

  /** One that answers, with modules `open`, `readonly` and `nosync` on one directory, and `gone` on none. */
  static async start(): Promise<RsyncDaemon> {
    const root = temporaryDirectory();
    const directory = join(root, 'files');
    mkdirSync(directory);
    const port = await freePort();
    const as = process.getuid?.() === 0 ? 'uid = root\ngid = root\n' : '';
    const modules = [
      `[open]\npath = ${directory}\nread only = no`,
      `[readonly]\npath = ${directory}`,
      `[nosync]\npath = ${directory}\nread only = no\nrefuse options = fsync`,
      `[gone]\npath = ${root}/gone\nread only = no`,
    ].join('\n');
    const config = join(root, 'rsyncd.conf');
    const log = `log file = ${root}/log\n`;
    writeFileSync(
      config,
      `use chroot = no\n${log}${as}address = 127.0.0.1\nport = ${port}\n${modules}\n`,
    );
    const words = ['--daemon', '--no-detach', `--config=${config}`];
    const child = spawn('rsync', words, { stdio: 'ignore' });
    while (!(await isAnswering(port))) {
      if (child.exitCode !== null) throw new Error('the daemon has ended');
    }
    return new RsyncDaemon(child, port, directory);
  }

  url(module: string): string {
    return `rsync://127.0.0.1:${this.#port}/${module}`;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

async function isAnswering(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 20));
  });
}
