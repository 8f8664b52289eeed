import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodePool } from '../../../src/gateway/nodes/node-pool.ts';
import {
  NodeUnavailableError,
  parseSshUrl,
  splitCommand,
  sshCommand,
} from '../../../src/nodes/index.ts';
import { GitConfig, thisMachine } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { collect, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { annexCopy, atEnd, ballastServer } from './servers.ts';

const never = new AbortController().signal;

describe('the url of a repository behind ssh', () => {
  it.each([
    ['ssh://host/path', { host: 'host', port: undefined, directory: '/path' }],
    ['ssh://me@host:22/a%20b', { host: 'me@host', port: 22, directory: '/a b' }],
    ['git+ssh://[::1]/~/x', { host: '::1', port: undefined, directory: '/~/x' }],
    ['me@host:annex', { host: 'me@host', port: undefined, directory: '/~/annex' }],
    ['host:/srv/it is', { host: 'host', port: undefined, directory: '/srv/it is' }],
  ])('%s', (text, place) => {
    expect(parseSshUrl(text)).toEqual(place);
  });

  it.each([
    '/local',
    'also/local:x',
    'https://h/x',
    '-oProxyCommand=x:y',
    'ssh://-oProxyCommand=x/y',
    'ssh:///x',
    'ssh://h/%00',
    'ssh://h/%zz',
  ])('is not %s', (text) => {
    expect(parseSshUrl(text)).toBeUndefined();
  });
});

it('quotes what the shell at the other end reads', () => {
  const names = { server: imaginaryUuid(1), client: imaginaryUuid(2) };
  const place = { host: 'h', port: 5, directory: "/a'; rm -rf $HOME `x`" };
  expect(sshCommand(place, names).words.slice(-4)).toEqual([
    '-p',
    '5',
    'h',
    `git-annex-shell 'p2pstdio' '/a'\\''; rm -rf $HOME \`x\`' '${names.client}' --uuid ${names.server}`,
  ]);
});

it('has ssh notice when the network is gone, and ask nobody', () => {
  const names = { server: imaginaryUuid(1), client: imaginaryUuid(2) };
  const { program, words } = sshCommand({ host: 'h', port: undefined, directory: '/' }, names);
  expect([program, ...words.slice(0, -2)].join(' ')).toBe(
    'ssh -o BatchMode=yes -o ServerAliveInterval=20 -o ServerAliveCountMax=3 -T',
  );
});

it('splits options as a shell would, and expands nothing', () => {
  expect(splitCommand(`-i '/a b' -o "x=\\"y\\" $z" a\\ b  ''`)).toEqual([
    '-i',
    '/a b',
    '-o',
    'x="y" $z',
    'a b',
    '',
  ]);
});

/** An ssh that notes its words and runs the command here; it cannot reach any host but one. */
function standInSsh(): { readonly program: string; readonly log: string } {
  const folder = join(temporaryDirectory(), 'bin');
  mkdirSync(folder);
  const program = join(folder, 'ssh');
  const log = join(folder, 'words');
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" >>'${log}'\n` +
      `for last; do :; done\ncase " $* " in *" reachable "*) exec sh -c "$last";; esac\n` +
      `echo 'ssh: no route to host' >&2\nexit 255\n`,
  );
  chmodSync(program, 0o755);
  return { program, log };
}

describe('a remote of a gateway over a network', () => {
  /** A gateway's repository with one remote, and the node that this is. */
  async function nodeOfRemote(settings: Readonly<Record<string, string>>) {
    const directory = join(temporaryDirectory(), 'gateway');
    git('.', 'init', '-q', '--bare', directory);
    git(directory, 'config', 'annex.uuid', imaginaryUuid(9));
    for (const [name, value] of Object.entries(settings)) git(directory, 'config', name, value);
    const pool = new NodePool({
      system: thisMachine,
      directory,
      answerMs: 30_000,
      lockRenewMs: 180_000,
      onProblem: () => undefined,
    });
    atEnd(async () => void (await pool.close()));
    const config = await GitConfig.read(directory, thisMachine.configurations);
    const node = await pool.node('there', config);
    if (node === undefined) throw new Error('no node');
    expect(await pool.node('there', config)).toBe(node);
    return node;
  }

  it.skipIf(!hasGitAnnex)('is asked over ssh, with the options that git config has', async () => {
    const { program, log } = standInSsh();
    const { directory, uuid } = annexCopy(temporaryDirectory());
    const node = await nodeOfRemote({
      'core.sshCommand': program,
      'remote.there.url': `ssh://reachable:2222${directory}`,
      'remote.there.annex-uuid': uuid,
      'remote.there.annex-ssh-options': "-i '/my key'",
    });
    const content = Buffer.from('over ssh');
    const key = sha256Key(content);
    const deposit = await node.put(key, { sizeBytes: 8, waitMs: 1000, signal: never });
    if (deposit === 'present') throw new Error('not there yet');
    await deposit.start(0);
    await deposit.write(content);
    await deposit.commit();
    const got = await node.get(key, 5);
    if (got === undefined) throw new Error('absent');
    expect(await collect(got.stream)).toEqual(Buffer.from('ssh'));
    expect(node.cost).toBe(200);
    // One session for everything.
    expect(readFileSync(log, 'utf8')).toBe(
      `-i\n/my key\n-p\n2222\nreachable\n` +
        `git-annex-shell 'p2pstdio' '${directory}' '${imaginaryUuid(9)}' --uuid ${uuid}\n`,
    );
  });

  it('is not available, and says what ssh says, when ssh does not get there', async () => {
    const node = await nodeOfRemote({
      'core.sshCommand': standInSsh().program,
      'remote.there.url': 'nowhere:annex',
      'remote.there.annex-uuid': imaginaryUuid(1),
    });
    const asked = node.has(sha256Key(Buffer.from('x')));
    await expect(asked).rejects.toThrow('no route to host');
    await expect(asked).rejects.toBeInstanceOf(NodeUnavailableError);
  });

  it('is asked over HTTP when it has an annexUrl, whatever its url', async () => {
    const { port, uuid } = await ballastServer();
    const node = await nodeOfRemote({
      'remote.there.url': 'nowhere:annex',
      'remote.there.annexUrl': `annex+http://127.0.0.1:${port}/git-annex/`,
      'remote.there.annex-uuid': uuid,
      'remote.there.annex-cost': '150',
    });
    expect(await node.has(sha256Key(Buffer.from('x')))).toBe(false);
    expect(node.cost).toBe(150);
  });
});
