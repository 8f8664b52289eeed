import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTlsFiles, versionOfTls, watchTlsFiles } from '../../src/cli/serving/tls-files.ts';
import { takeInheritedSockets } from '../../src/cli/serving/inherited-sockets.ts';
import { makeWayForSocket } from '../../src/cli/serving/unix-socket.ts';
import { createServer as createTlsServer } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { makeCertificate } from '../support/certificates.ts';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { interrupt, run, start, type Ended, type Running } from './program.ts';

let directory: string;
let uuid: string;
let server: Running | undefined;
beforeEach(() => {
  directory = temporaryDirectory();
  uuid = randomUUID();
  git('.', 'init', '--quiet', join(directory, 'annex'));
  git(join(directory, 'annex'), 'config', 'annex.uuid', uuid);
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.ended;
  server = undefined;
});

function serve(...words: readonly string[]): Promise<Ended> {
  return run(['serve', ...words], { directory });
}

/** Where the built program is. */
const program = join(import.meta.dirname, '..', '..', 'dist', 'ballast.js');

/** The status of a request that anybody may make. */
async function status(place: { port?: number; socketPath?: string; ca?: string }): Promise<number> {
  const path = `/git-annex/${uuid}/v4/gettimestamp?clientuuid=me`;
  const make = place.ca === undefined ? request : tlsRequest;
  const sent = make({ host: 'localhost', ...place, path, method: 'POST', agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

describe('options that do not go together', () => {
  it.for([
    [['annex', '--certfile', 'x'], /https needs --privatekeyfile besides --certfile/],
    [['annex', '--privatekeyfile', 'x'], /https needs --certfile besides --privatekeyfile/],
    [['annex', '--chainfile', 'x'], /--chainfile is for https/],
    [['annex', '--certfile', 'x', '--privatekeyfile', 'y'], /cannot be read: .*ENOENT/],
    [['--directory', 'nowhere'], /nowhere is no directory/],
    [['.'], /is no git repository/],
    [[], /is no git repository.* --directory DIR/],
    [['annex', '--jobs', 'x'], /It is a whole number/],
    [['annex', '--cpus', 'x'], /It is a whole number/],
    [['annex', '--lockedfiles', '1.5'], /It is a whole number/],
    [['annex', '--clusterjobs', ''], /It is a whole number/],
    [['annex', '--proxyconnections', 'x'], /It is a whole number/],
    [['annex', '--socket', ''], /--socket is empty/],
    [['annex', '--socket', 'no/such/place'], /no\/such is no directory; make it/],
  ] as const)('%j are refused with the reason', async ([words, reason]) => {
    const ended = await serve(...words);
    expect(ended.stderr.replaceAll('\n', ' ')).toMatch(reason);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
  });

  it('sockets of systemd and a port', async () => {
    const env = `LISTEN_FDS=1 LISTEN_PID=$$ exec "${process.execPath}" "${program}" serve annex`;
    const child = spawn('sh', ['-c', `${env} --port 0`], { cwd: directory });
    let stderr = '';
    for await (const text of child.stderr) stderr += String(text);
    expect(stderr).toContain('LISTEN_FDS');
    expect(stderr).toContain('--port names another');
  });
});

describe('options of git annex p2phttp', () => {
  it('are all taken, and told of where they do nothing that was meant', async () => {
    const words = '--wideopen -J2 --cpus=1 --clusterjobs 3 --proxyconnections 4 --lockedfiles 5';
    const more = '--authenv --authenv-http --unauth-readonly --unauth-appendonly -q --debug';
    const all = [...words.split(' '), ...more.split(' '), '--unauth-nolocking'];
    server = start(['serve', 'annex', ...all, '--port', '0', '--bind', '127.0.0.1'], { directory });
    const [, port] = await server.printed(/http:\/\/localhost:(\d+)\/annex\n/);
    expect(await status({ port: Number(port) })).toBe(200);
    const ended = await interrupt(server);
    expect(ended.status).toBe(0);
    expect(ended.stderr).toBe(
      'ballast: no account is in the environment (GIT_ANNEX_P2PHTTP_PASSWORD_<user>).\n',
    );
  });

  it('serve the annexes below a directory, and not the one that it is started in', async () => {
    mkdirSync(join(directory, 'below', 'user'), { recursive: true });
    const words = ['serve', '--directory', join(directory, 'below'), '--port', '0'];
    server = start([...words, '--unauth-readonly'], { directory: join(directory, 'annex') });
    const [, port] = await server.printed(/\(0 repositories now\) at http:\/\/localhost:(\d+)\/\n/);
    expect(await status({ port: Number(port) })).toBe(404);
    uuid = randomUUID();
    git('.', 'init', '--quiet', join(directory, 'below', 'user', 'new'));
    git(join(directory, 'below', 'user', 'new'), 'config', 'annex.uuid', uuid);
    expect(await status({ port: Number(port) })).toBe(200);
    expect(await interrupt(server)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a unix socket', () => {
  it('is for its owner, replaces a stale one, and is gone at the end', async () => {
    const socketPath = join(directory, 'socket');
    const words = ['serve', 'annex', '--wideopen', '--socket', socketPath];
    server = start(words, { directory });
    await server.printed(/http\+unix:\S+socket\/annex\n/);
    expect(statSync(socketPath).mode & 0o777).toBe(0o700);
    server.child.kill('SIGKILL');
    await server.ended;
    expect(lstatSync(socketPath).isSocket()).toBe(true);

    server = start(words, { directory });
    await server.printed(/http\+unix:/);
    expect(await status({ socketPath })).toBe(200);
    const second = await serve('annex', '--socket', socketPath);
    expect(second).toMatchObject({ status: 2 });
    expect(second.stderr).toContain('another program serves at');
    expect(await status({ socketPath })).toBe(200);
    expect(await interrupt(server)).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(socketPath)).toBe(false);
  });

  it('does not cost the file that is in its place, as with the reference server', async () => {
    const path = join(directory, 'file');
    writeFileSync(path, 'mine');
    await expect(makeWayForSocket(path)).rejects.toThrow('is no socket; take it away');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('sockets of systemd', () => {
  it('are the descriptors from 3 on, if they are for this process', () => {
    const env = (pid: string, count: string): Record<string, string | undefined> => ({
      LISTEN_PID: pid,
      LISTEN_FDS: count,
      LISTEN_FDNAMES: 'a:b',
    });
    expect(takeInheritedSockets(env('7', '2'), 7)).toEqual([3, 4]);
    expect(takeInheritedSockets(env('8', '2'), 7)).toEqual([]);
    expect(takeInheritedSockets(env('7', 'x'), 7)).toEqual([]);
    expect(takeInheritedSockets(env('7', '0'), 7)).toEqual([]);
    expect(takeInheritedSockets({}, 7)).toEqual([]);
    const given = env('7', '1');
    takeInheritedSockets(given, 7);
    expect(Object.keys(given)).toEqual([]);
  });

  it('are all listened on', async () => {
    const sockets = [createServer(), createServer()];
    for (const socket of sockets) await once(socket.listen(0, '127.0.0.1'), 'listening');
    const ports = sockets.map((socket) => portOf(socket.address()));
    const env = `LISTEN_FDS=2 LISTEN_PID=$$ exec "${process.execPath}" "${program}"`;
    const child = spawn('sh', ['-c', `${env} serve annex --wideopen`], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit', ...sockets.map((socket) => descriptorOf(socket))],
    });
    let text = '';
    for await (const piece of child.stdout ?? []) {
      text += String(piece);
      if (text.split('\n').length > 2) break;
    }
    for (const socket of sockets) socket.close(); // the server has its own descriptors
    for (const port of ports) {
      expect(text).toContain(`http://localhost:${port}/annex`);
      expect(await status({ port })).toBe(200);
    }
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    await exit;
    expect(child.exitCode).toBe(0);
  });
});

/** The descriptor of a listening socket, for a child to inherit. */
function descriptorOf(socket: unknown): number {
  const handle: unknown = Reflect.get(Object(socket), '_handle');
  return Number(Reflect.get(Object(handle), 'fd'));
}

function portOf(address: unknown): number {
  if (typeof address !== 'object' || address === null || !('port' in address)) return 0;
  return Number(address.port);
}

describe('https', () => {
  it('is served with the certificate, and survives those who speak plain http', async () => {
    const { certfile, privatekeyfile, authorityfile } = makeCertificate();
    const tls = ['--certfile', certfile, '--privatekeyfile', privatekeyfile];
    const words = ['serve', 'annex', '--wideopen', '--port', '0', '--chainfile', authorityfile];
    server = start([...words, ...tls], { directory });
    const [, found] = await server.printed(/https:\/\/localhost:(\d+)\/annex\n/);
    const port = Number(found);
    const plain = connect(port, '127.0.0.1').on('error', () => undefined);
    plain.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const told = once(plain, 'close');
    let answer = '';
    for await (const piece of plain.setEncoding('utf8')) answer += String(piece);
    await told;
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toContain('use https://');
    const garbage = connect(port, '127.0.0.1').on('error', () => undefined);
    garbage.end('\0garbage that is neither');
    await once(garbage.resume(), 'close');
    expect(await status({ port, ca: readFileSync(authorityfile, 'utf8') })).toBe(200);
    expect(await interrupt(server)).toMatchObject({ status: 0, stderr: '' });
  });

  it('refuses a key of another certificate', async () => {
    const [one, other] = [makeCertificate(), makeCertificate()];
    const { privatekeyfile } = other;
    await expect(
      readTlsFiles({ certfile: one.certfile, privatekeyfile, chainfiles: [] }),
    ).rejects.toThrow(/server\.pem and \S+server\.key cannot be used for https: .*mismatch/);
  });

  it('takes up a certificate that is renewed, and keeps the old one while it is half written', async () => {
    const [old, renewed] = [makeCertificate('old'), makeCertificate('renewed')];
    const paths = {
      certfile: join(directory, 'cert'),
      privatekeyfile: join(directory, 'key'),
      chainfiles: [],
    };
    copyFileSync(old.certfile, paths.certfile);
    copyFileSync(old.privatekeyfile, paths.privatekeyfile);
    const used = await versionOfTls(paths);
    const tls = createTlsServer(await readTlsFiles(paths));
    await once(tls.listen(0, '127.0.0.1'), 'listening');
    let unwatch = (): void => undefined;
    const told = new Promise<unknown>((resolve) => {
      const warn = (_message: string, error: unknown): void => resolve(error);
      unwatch = watchTlsFiles(paths, [tls], { warn, used, pollMs: 20 });
    });
    try {
      const name = (): Promise<string> => certificateName(portOf(tls.address()));
      copyFileSync(renewed.certfile, paths.certfile);
      expect(String(await told)).toContain('cannot be used for https');
      expect(await name()).toBe('old');
      copyFileSync(renewed.privatekeyfile, paths.privatekeyfile);
      while ((await name()) !== 'renewed') await new Promise(setImmediate);
    } finally {
      unwatch();
      tls.close();
    }
  });
});

/** Whom a server's certificate names. */
async function certificateName(port: number): Promise<string> {
  const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
