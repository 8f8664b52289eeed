import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Gateway } from '../../../src/gateway/index.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { empty } from '../../nodes/peer/servers.ts';
import { newDemo, repositoryOf } from '../served-demo.ts';
import { contentOf, talk } from './talk.ts';

let opened: Gateway | undefined;

afterEach(async () => {
  await opened?.close();
});

/** An ssh that runs the command here, and notes its process. */
function standInSsh(): { readonly program: string; readonly pids: string } {
  const program = join(temporaryDirectory(), 'ssh');
  const pids = `${program}-pids`;
  const text = `#!/bin/sh\necho $$ >>'${pids}'\nfor last; do :; done\neval "exec $last"\n`;
  writeFileSync(program, text);
  chmodSync(program, 0o755);
  return { program, pids };
}

it.skipIf(!hasGitAnnex)('a session ends when the lock that it keeps is lost', async () => {
  const directory = await newDemo();
  const [gateway, node] = [repositoryOf(directory, 'gateway'), repositoryOf(directory, 'node1')];
  const { program, pids } = standInSsh();
  git(gateway, 'config', 'core.sshCommand', program);
  git(gateway, 'config', 'remote.node1.url', `reachable:${node}`);
  const uuid = git(node, 'config', 'annex.uuid').trim();
  opened = await Gateway.open(gateway, { warn: () => undefined, placement: 'brief' });
  const content = contentOf('kept behind ssh');
  const session = talk(opened, { server: uuid });
  expect(await session.line()).toBe(`AUTH-SUCCESS ${uuid}`);
  session.say(`VERSION 4\nPUT  ${content.key}\n`);
  expect(await session.line()).toBe('VERSION 4');
  expect(await session.line()).toBe('PUT-FROM 0');
  session.say(`DATA ${content.text.length}\n${content.text}VALID\nLOCKCONTENT ${content.key}\n`);
  expect(await session.line()).toBe('SUCCESS');
  expect(await session.line()).toBe('SUCCESS');

  empty(node);
  for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) {
    process.kill(Number(pid), 'SIGKILL');
  }

  expect(await session.end).toEqual({
    kind: 'broken',
    text: 'the lock is lost: the content of a lock that ended early is gone',
  });
});
