import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/objects.ts';
import { run, type Ended } from './program.ts';

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});

function ballast(words: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return run(words, { directory, env });
}

/**
 * What is wrong with a refusal: it is one sentence that holds the words, and leaves nothing behind.
 */
function faultsOf(ended: Ended, words: RegExp, left: readonly string[] = []): string[] {
  const there = readdirSync(directory).sort();
  const faults: readonly (readonly [boolean, string])[] = [
    [ended.status !== 2, `ended with ${ended.status}`],
    [ended.stdout !== '', `printed ${ended.stdout}`],
    [!words.test(ended.stderr), `said ${ended.stderr}`],
    [/\n\s+at /.test(ended.stderr), `showed a stack: ${ended.stderr}`],
    [ended.stderr.trim().split('\n').length > 2, `said much: ${ended.stderr}`],
    [there.join() !== left.join(), `left ${there.join()}`],
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

describe('what is no command', () => {
  it.for([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['demo', '--frobnicate'], /unknown option '--frobnicate'/],
    [['demo', 'a', 'b'], /too many arguments/],
    [['demo', '--port'], /argument missing/],
    [['demo', '--port', '65536'], /It is a number from 0 to 65535/],
    [['serve', '--bind', ''], /It is an address of this machine/],
    [['serve', '--port', '1.5'], /It is a number from 0 to 65535/],
  ] as const)('%j is refused and the help is named', async ([words, text]) => {
    const ended = await ballast(words);
    expect(faultsOf(ended, text)).toEqual([]);
    expect(ended.stderr).toContain('--help');
  });

  it('no command at all prints the help', async () => {
    const ended = await ballast([]);
    expect(ended.stdout + ended.stderr).toContain('Usage: ballast');
    expect(ended.status).not.toBe(0);
    expect((await ballast(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a place where no demo can be', () => {
  it('a file, or below a file', async () => {
    writeFileSync(join(directory, 'file'), 'mine');
    expect(
      faultsOf(await ballast(['demo', 'file']), /file is a file; name a directory/, ['file']),
    ).toEqual([]);
    expect(
      faultsOf(await ballast(['demo', 'file/x']), /lies below a file; name another/, ['file']),
    ).toEqual([]);
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('mine');
  });

  it('a directory of somebody, a git repository, or a part of a demo', async () => {
    mkdirSync(join(directory, 'full'));
    writeFileSync(join(directory, 'full', 'file'), 'mine');
    git(directory, 'init', '-q', 'tree');
    git(directory, 'init', '-q', '--bare', 'bare');
    mkdirSync(join(directory, 'like'));
    git(directory, 'init', '-q', '--bare', 'like/gateway.git');
    const there = readdirSync(directory).sort();

    for (const place of ['full', 'tree', 'bare', 'like']) {
      const words = /holds something that is not a ballast demo; name another directory/;
      expect(faultsOf(await ballast(['demo', place]), words, there)).toEqual([]);
    }
    expect(readdirSync(join(directory, 'full'))).toEqual(['file']);
  });

  it('a disk that is full, told in one sentence and with what to do', async () => {
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const full = 'echo "fatal: write error: No space left on device" >&2; exit 128';
    const PATH = fakeGit(`case "$*" in *fast-import*) ${full};; esac\nexec ${real} "$@"`);
    const ended = await ballast(['demo', 'd', '--port', '0'], { PATH });
    expect(
      faultsOf(ended, /^ballast: the demo could not be made in \S+d: the disk is full; make room/),
    ).toEqual([]);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it.skipIf(process.platform !== 'linux')('one where nothing can be made', async () => {
    const ended = await ballast(['demo', '/proc/x', '--port', '0']);
    expect(
      faultsOf(ended, /^ballast: the demo could not be made in \/proc\/x: [^:]*; .*another dir/),
    ).toEqual([]);
  });

  it('one that leads in a circle', async () => {
    symlinkSync('loop', join(directory, 'loop'));
    expect(faultsOf(await ballast(['demo', 'loop']), /loop/, ['loop'])).toEqual([]);
  });
});

describe('what cannot be served', () => {
  it('a directory without git, or with git and without annex', async () => {
    expect(
      faultsOf(await ballast(['serve', 'nowhere']), /nowhere does not exist; name a directory/),
    ).toEqual([]);
    expect(
      faultsOf(await ballast(['serve', '/etc/passwd']), /\/etc\/passwd is no directory; name one/),
    ).toEqual([]);
    expect(
      faultsOf(await ballast(['serve', '/etc/passwd/x']), /passwd\/x does not exist; name a/),
    ).toEqual([]);
    expect(faultsOf(await ballast(['serve', '.']), /is no git repository; name one/)).toEqual([]);
    git(directory, 'init', '-q', 'plain');
    expect(
      faultsOf(await ballast(['serve', 'plain']), /run "git annex init" in it/, ['plain']),
    ).toEqual([]);
  });
});

describe('a repository that names its objects by SHA-256', () => {
  it('is refused in a sentence', async () => {
    git(directory, 'init', '-q', '--object-format=sha256', 'other');
    git(join(directory, 'other'), 'config', 'annex.uuid', randomUUID());
    const ended = await ballast(['serve', 'other']);
    expect(faultsOf(ended, /other names its git objects by sha256.*make a rep/, ['other'])).toEqual(
      [],
    );
  });
});

describe('a port that cannot be had', () => {
  it('names the option, and makes nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = isAddress(address) ? address.port : 0;
    const ended = await ballast(['demo', '--port', String(port)]);
    expect(
      faultsOf(ended, new RegExp(`port ${port} is in use by another program.*--port`)),
    ).toEqual([]);
    other.close();
  });

  it('an address of another machine names its option', async () => {
    expect(
      faultsOf(await ballast(['demo', '--port', '0', '--bind', '192.0.2.1']), /--bind/),
    ).toEqual([]);
  });
});

describe('git', () => {
  it.for(['demo', 'serve'])('that is not on the PATH is asked for: %s', async (verb) => {
    const ended = await ballast([verb], { PATH: '/nonexistent' });
    expect(faultsOf(ended, /git was not found: install git 2\.30 or newer/)).toEqual([]);
  });

  it('that is too old is told', async () => {
    const ended = await ballast(['demo'], { PATH: fakeGit('echo git version 2.20.1') });
    expect(
      faultsOf(ended, /This is git version 2\.20\.1, which is too old: install git 2\.30/),
    ).toEqual([]);
  });
});

/** A PATH whose first git is a script. */
function fakeGit(script: string): string {
  const bin = temporaryDirectory();
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

function isAddress(address: unknown): address is AddressInfo {
  return typeof address === 'object' && address !== null && 'port' in address;
}
