/** Trees exported to directories behind a gateway, and to what has files as they have. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { hasRsync } from '../nodes/special/rsync-remotes.ts';
import { programDirectory } from '../nodes/special/external-remotes.ts';
import { DavServer, hasApache, login, password } from '../nodes/special/webdav/dav-server.ts';
import { gitEnvironment } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import { describeExports } from './exports-of.ts';

const settings = ['encryption=none', 'exporttree=yes', 'annexobjects=yes'];

describeExports({
  name: 'a directory',
  directory: 'ü %',
  make: async (gateway, remote) => {
    const directory = await gateway.initremote(remote, 'type=directory', ...settings);
    return () => listing(directory);
  },
});

// Of each act a program is started or two, which takes a while.
describe.skipIf(!hasRsync || !isLong)('by rsync', () => {
  describeExports({
    name: 'an rsync remote',
    directory: 'ü % [x]*',
    isKept: false,
    make: async (gateway, remote) => {
      const directory = join(gateway.root, remote);
      mkdirSync(directory);
      await gateway.initremote(remote, 'type=rsync', `rsyncurl=${directory}`, ...settings);
      return () => listing(directory);
    },
  });
});

// Of each act a file passes through a program.
describe.skipIf(!isLong)('by a program', () => {
  const before = { ...gitEnvironment };
  afterAll(() => {
    gitEnvironment['PATH'] = before['PATH'];
    delete gitEnvironment['EXTERNAL_MODES'];
  });

  describe.each([
    { name: 'that is like a directory', modes: 'async,ordered', isKept: true },
    { name: 'that renames nothing', modes: 'unrenaming', isKept: false },
  ])('$name', ({ name, modes, isKept }) => {
    describeExports({
      name: `a program ${name}`,
      directory: 'ü % [x]*',
      isKept,
      make: async (gateway, remote) => {
        gitEnvironment['PATH'] = `${programDirectory()}:${before['PATH'] ?? ''}`;
        gitEnvironment['EXTERNAL_MODES'] = modes;
        const directory = join(gateway.root, remote);
        const program = ['type=external', 'externaltype=standin', `directory=${directory}`];
        await gateway.initremote(remote, ...program, ...settings);
        return () => listing(directory);
      },
    });
  });
});

describe.skipIf(!hasApache || !isLong)('by webdav', () => {
  let server: DavServer | undefined;

  afterAll(async () => server?.stop());

  describeExports({
    name: 'a webdav remote',
    environment: () => ({ WEBDAV_USERNAME: login, WEBDAV_PASSWORD: password }),
    // Of other names, real git-annex moves no file, and deletes it.
    directory: 'deep',
    make: async (gateway, remote) => {
      server ??= await DavServer.start();
      const url = `${server.url}/${remote}`;
      await gateway.initremote(remote, 'type=webdav', `url=${url}`, ...settings);
      const directory = join(server.files, remote);
      return () => listing(directory);
    },
  });
});

/** Files with their modes and what is in them. */
function listing(directory: string): readonly string[] {
  const script =
    'find . -path ./.git/annex/tmp -prune -o -type f -printf "%m %p " -exec md5sum {} \\;';
  const out = execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  return out.split('\n').filter(Boolean).sort();
}
