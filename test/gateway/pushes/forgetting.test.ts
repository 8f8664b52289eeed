import { afterAll, beforeAll, expect, it } from 'vitest';
import { isLong } from '../../support/long.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { newContent, put } from '../annex-requests.ts';
import { newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';
import { cloneOf, commitWith, doorFor, gatewayOf, linesOf, said } from './pushers.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { locationLogPath } from '../../../src/repository/index.ts';

let demo: ServedDemo;
let door: Awaited<ReturnType<typeof doorFor>>;

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  door = await doorFor(demo, { wideopen: true });
});

afterAll(async () => {
  door.close();
  await demo.close();
});

/** A clone that git-annex knows as its own. */
async function clientOf(name: string): Promise<string> {
  const where = await cloneOf(door.url);
  for (const words of [
    ['config', 'remote.origin.annex-ignore', 'true'],
    ['annex', 'init', name],
  ])
    await done(where, ...words);
  return where;
}

async function done(where: string, ...words: readonly string[]): Promise<string> {
  const { isDone, text } = await said(where, ...words);
  expect(isDone, text).toBe(true);
  return text;
}

it.runIf(hasGitAnnex && isLong)(
  'git annex forget of a client that may write reaches the gateway, git-annex beside it and other clients',
  async () => {
    const { key, content } = newContent();
    await put(demo, 'node1', key, content);
    const dead = imaginaryUuid(9);
    const [forgetful, other] = [await clientOf('forgetful'), await clientOf('other')];
    const said = commitWith(forgetful, ['git-annex'], {
      'uuid.log': `${git(forgetful, 'cat-file', 'blob', 'git-annex:uuid.log')}${dead} lost timestamp=5s\n`,
      'trust.log': `${dead} X timestamp=5s\n`,
      [locationLogPath(key)]: `5s 1 ${dead}\n`,
    });
    git(forgetful, 'update-ref', 'refs/heads/git-annex', said);
    await done(forgetful, 'annex', 'sync', '--no-content');
    // The other has the dead one's lines from here on, and the gateway's git-annex has an index.
    await done(other, 'annex', 'sync', '--no-content');
    await done(gatewayOf(demo), 'annex', 'numcopies', '2');
    expect([...linesOf(gatewayOf(demo))].some((line) => line.includes(`1 ${dead}`))).toBe(true);

    await done(forgetful, 'annex', 'forget', '--drop-dead', '--force');
    await done(forgetful, 'annex', 'sync', '--no-content');
    await done(gatewayOf(demo), 'annex', 'numcopies', '3');
    await done(other, 'annex', 'group', 'here', 'client');
    await done(other, 'annex', 'sync', '--no-content');
    await done(forgetful, 'annex', 'sync', '--no-content');
    await done(gatewayOf(demo), 'annex', 'numcopies', '1');

    for (const where of [gatewayOf(demo), forgetful, other]) {
      const lines = [...linesOf(where)];
      const ofDead = lines.filter((line) => line.includes(dead));
      expect(ofDead, where).toEqual([`trust.log: ${dead} X timestamp=5s`]);
      expect(lines.some((line) => line.includes(`1 ${demo.uuids.node1}`))).toBe(true);
      expect(git(where, 'log', '--format=%H', said, '--not', 'git-annex')).not.toBe('');
    }
    const otherUuid = git(other, 'config', 'annex.uuid').trim();
    const grouped = [...linesOf(gatewayOf(demo))].filter((line) => line.startsWith('group.log'));
    expect(grouped.some((line) => line.includes(`${otherUuid} client`))).toBe(true);
  },
);
