import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  GitCredentials,
  HttpPeer,
  NodeUnavailableError,
  parseAnnexUrl,
  PeerError,
  type PeerConnection,
} from '../../../src/nodes/index.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { collect, keyOf, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { OldServer } from './old-server.ts';
import {
  annexCopy,
  atEnd,
  client,
  closedAtEnd,
  httpPeer,
  nodeOf,
  portOf,
  realServer,
} from './servers.ts';

const never = new AbortController().signal;
const uuid = imaginaryUuid(1);
const content = Buffer.from('content');
const key = sha256Key(content);

describe('the url of a server', () => {
  it.each([
    ['annex+http://h', 'http://h:9417', ''],
    ['annex+http://h:80/git-annex', 'http://h:80', ''],
    ['annex+https://h/git-annex/', 'https://h:9417', ''],
    ['annex+http://user:secret@h:1/pre/?q', 'http://h:1', '/pre'],
    ['annex+http://h/pre/git-annex/', 'http://h:9417', '/pre/git-annex'],
    ['annex+http://[::1]:8/', 'http://[::1]:8', ''],
  ])('%s', (text, origin, prefix) => {
    expect(parseAnnexUrl(text)).toMatchObject({ origin, prefix });
  });

  it.each(['http://h/', 'annex+ftp://h/', 'annex+http:', '/path', ''])('is not %s', (text) => {
    expect(parseAnnexUrl(text)).toBeUndefined();
  });
});

describe('a server that knows older versions only', () => {
  it('is asked in an older one where a newer one is not found, and then at once', async () => {
    const server = await OldServer.start(2);
    const node = nodeOf(httpPeer(server.port, uuid), uuid);
    expect(await node.has(key)).toBe(false);
    expect(server.asked).toEqual([4, 3, 2]);
    const deposit = await node.put(key, { sizeBytes: 7, waitMs: 1000, signal: never });
    if (deposit === 'present') throw new Error('not there yet');
    await deposit.start(0);
    await deposit.write(content);
    await deposit.commit();
    expect(server.contents.get(`SHA256-s7--${key.name}`)).toEqual(content);
    const got = await node.get(key, 0);
    if (got === undefined) throw new Error('absent');
    expect(await collect(got.stream)).toEqual(content);
    expect(new Set(server.asked.slice(3))).toEqual(new Set([2]));
  });

  it('of version 0 is not asked for offsets', async () => {
    const server = await OldServer.start(0);
    const peer = httpPeer(server.port, uuid);
    const upload = await peer.put(key, 7);
    if (upload === 'present') throw new Error('not there yet');
    await upload.write(content);
    expect(await upload.finish()).toBe(true);
    expect(await peer.put(key, 7)).toBe('present');
  });

  it('removes nothing before a time, since it would not look at the time', async () => {
    const server = await OldServer.start(2);
    server.contents.set(`SHA256-s7--${key.name}`, content);
    const node = nodeOf(httpPeer(server.port, uuid), uuid);
    const removal = node.remove(key, { beforeSeconds: 1e9, signal: never });
    await expect(removal).rejects.toBeInstanceOf(NodeUnavailableError);
    expect(server.contents.size).toBe(1);
    expect(await node.remove(key, { signal: never })).toBe('removed');
  });

  it('is asked anew when nothing is found in the version that it had', async () => {
    const server = await OldServer.start(2);
    const peer = httpPeer(server.port, uuid);
    await peer.ask({ verb: 'checkPresent', key });
    server.newest = 1;
    expect(await peer.ask({ verb: 'checkPresent', key })).toMatchObject({ isPresent: false });
    expect(server.asked).toEqual([4, 3, 2, 2, 1]);
  });
});

describe('a key that does not tell its content', () => {
  const url = keyOf('URL--http&c%%example.com%file');

  it('is absent, and not empty, when it goes between the question for it and its content', async () => {
    const server = await OldServer.start(4);
    server.contents.set(serializeKey(url), content);
    const peer = httpPeer(server.port, uuid);
    const losing: PeerConnection = {
      ask: (question, options) => peer.ask(question, options),
      get: (asked, fromByte) => {
        server.contents.clear();
        return peer.get(asked, fromByte);
      },
      put: (asked, sizeBytes) => peer.put(asked, sizeBytes),
      lock: (asked) => peer.lock(asked),
      close: () => peer.close(),
    };
    expect(await nodeOf(losing, uuid).get(url, 0)).toBeUndefined();
  });

  it.each([
    ['that has neither hash nor size', url],
    ['of which the peer keeps bytes that may be wrong', key],
  ])('%s is sent from its beginning', async (_, sent) => {
    const server = await OldServer.start(4);
    server.keptBytes = 3;
    const node = nodeOf(httpPeer(server.port, uuid), uuid);
    const deposit = await node.put(sent, { sizeBytes: 7, waitMs: 1000, signal: never });
    if (deposit === 'present') throw new Error('not there yet');
    await deposit.start(0);
    await deposit.write(content);
    await deposit.commit();
    expect(server.contents.get(serializeKey(sent))?.toString()).toBe('content');
  });

  it('may have an empty content', async () => {
    const server = await OldServer.start(4);
    server.contents.set(serializeKey(url), Buffer.alloc(0));
    const got = await nodeOf(httpPeer(server.port, uuid), uuid).get(url, 0);
    expect(got?.sizeBytes).toBe(0);
    await got?.stream.close();
  });
});

describe('a connection that is lost', () => {
  it('after the last byte of a put and before its answer is an error, whatever was stored', async () => {
    const server = await OldServer.start(4);
    const node = nodeOf(httpPeer(server.port, uuid), uuid);
    server.losesPuts = true;
    const deposit = await node.put(key, { sizeBytes: 7, waitMs: 1000, signal: never });
    if (deposit === 'present') throw new Error('not there yet');
    await deposit.start(0);
    await deposit.write(content);
    await expect(deposit.commit()).rejects.toBeInstanceOf(NodeUnavailableError);
    expect(await node.has(key)).toBe(false);
  });

  it('is an error and never an absent content', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const node = nodeOf(httpPeer(portOf(server.address()), uuid), uuid);
    await expect(node.has(key)).rejects.toBeInstanceOf(NodeUnavailableError);
    await expect(node.get(key, 0)).rejects.toBeInstanceOf(NodeUnavailableError);
    await expect(node.remove(key, { signal: never })).rejects.toBeInstanceOf(NodeUnavailableError);
    server.close();
    await once(server, 'close');
    await expect(node.has(key)).rejects.toBeInstanceOf(NodeUnavailableError);
  });

  it('that says nothing is given up after the time for an answer', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => Promise.resolve(void server.close()));
    const peer = httpPeer(portOf(server.address()), uuid, { answerMs: 50 });
    await expect(peer.ask({ verb: 'checkPresent', key })).rejects.toThrow('no answer within 50 ms');
  });
});

describe.skipIf(!hasGitAnnex)('credentials', () => {
  /** A repository whose git has one helper, which notes what it is asked and knows one password. */
  function repositoryWithHelper(password: string): { directory: string; log: string } {
    const directory = join(temporaryDirectory(), 'asking');
    mkdirSync(directory);
    git('.', 'init', '-q', directory);
    const log = join(directory, 'asked');
    const helper = join(directory, 'helper.sh');
    writeFileSync(
      helper,
      `#!/bin/sh\necho "$1" >>'${log}'\ncat >>'${log}'\n` +
        `[ "$1" = get ] && printf 'username=alice\\npassword=%s\\n' '${password}'\nexit 0\n`,
    );
    chmodSync(helper, 0o755);
    git(directory, 'config', 'credential.helper', '');
    git(directory, 'config', '--add', 'credential.helper', helper);
    git(directory, 'config', 'credential.useHttpPath', 'true');
    return { directory, log };
  }

  const verbsIn = (log: string): string[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => ['get', 'store', 'erase'].includes(line))
      : [];

  /** Asks several times at once and once more, with what a helper has; what each came to. */
  async function askedWith(password: string) {
    const { port, folder } = await realServer(['--authenv-http'], {
      GIT_ANNEX_P2PHTTP_PASSWORD_alice: 'pass: word',
    });
    const server = annexCopy(folder).uuid;
    const url = parseAnnexUrl(`annex+http://127.0.0.1:${port}/git-annex/`);
    if (url === undefined) throw new Error('no url');
    const { directory, log } = repositoryWithHelper(password);
    const credentials = new GitCredentials({ place: url.credential, directory });
    const peer = closedAtEnd(new HttpPeer({ url, server, client, credentials }));
    const ask = async (): Promise<unknown> => {
      try {
        return await peer.ask({ verb: 'checkPresent', key });
      } catch (error) {
        return error;
      }
    };
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    answers.push(await ask());
    return { answers, log, port };
  }

  it('of git are asked for at a 401, once for many requests, and approved', async () => {
    const { answers, log, port } = await askedWith('pass: word');
    for (const answer of answers) expect(answer).toMatchObject({ isPresent: false });
    expect(verbsIn(log)).toEqual(['get', 'store']);
    const place = `protocol=annex+http\nhost=127.0.0.1:${port}\npath=git-annex\n`;
    expect(readFileSync(log, 'utf8')).toContain(place);
  });

  it('that are wrong are rejected, and nowhere to be read', async () => {
    const { answers, log } = await askedWith('not-the-word');
    for (const answer of answers) {
      expect(answer).toBeInstanceOf(PeerError);
      expect(answer).toMatchObject({ data: { status: 401 } });
      expect(String(answer)).not.toContain('not-the-word');
    }
    expect(verbsIn(log)).toEqual(['get', 'erase']);
  });

  it('are not asked for at a 403', async () => {
    const { port, folder } = await realServer(['--unauth-readonly']);
    const server = annexCopy(folder).uuid;
    const url = parseAnnexUrl(`annex+http://127.0.0.1:${port}/git-annex/`);
    if (url === undefined) throw new Error('no url');
    const { directory, log } = repositoryWithHelper('any');
    const credentials = new GitCredentials({ place: url.credential, directory });
    const peer = closedAtEnd(new HttpPeer({ url, server, client, credentials }));
    await expect(peer.ask({ verb: 'remove', key: keyOf('X--x') })).rejects.toThrow('403');
    expect(verbsIn(log)).toEqual([]);
  });
});
