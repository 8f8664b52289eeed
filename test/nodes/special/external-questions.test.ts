import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { someOf } from '../../support/long.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { externalRemote } from './external-remotes.ts';

describe('a question of a program', () => {
  let uuid: string;
  beforeEach(() => {
    uuid = imaginaryUuid(1);
  });

  it('is answered as git-annex does', async () => {
    const asks = [
      'GETUUID',
      'GETGITDIR',
      'GETGITREMOTENAME',
      'GETCONFIG extra',
      'GETCONFIG nosuch',
      'GETCONFIG cipher',
      'SETCONFIG extra other',
      'GETCONFIG extra',
      'DIRHASH WORM-s1--x',
      'DIRHASH-LOWER WORM-s1--x',
      'GETSTATE WORM-s1--x',
      'SETSTATE WORM-s1--x st at e',
      'GETSTATE WORM-s1--x',
      'SETWANTED include=*.mp3 or present',
      'GETWANTED',
      'GETURLS WORM-s1--x http://b',
      'DEBUG x',
      'INFO x',
    ];
    const values = { extra: 'v 1', cipher: 'secret' };
    const { store, directory, annexDirectory } = await externalRemote({ asks, values });
    await store.probe('question');
    expect(readFileSync(join(directory, 'answers'), 'utf8').split('\n')).toEqual([
      `VALUE ${uuid}`,
      `VALUE ${join(annexDirectory, '..')}`,
      'VALUE e',
      'VALUE v 1',
      'VALUE ',
      'VALUE ',
      'VALUE other',
      'VALUE jM/7M/',
      'VALUE 3aa/b9d/',
      'VALUE ',
      'VALUE st at e',
      'VALUE include=*.mp3 or present',
      'VALUE http://b/2',
      'VALUE ',
      '',
    ]);
  });

  it('may be to note urls, of the web and of others', async () => {
    const asks = [
      'SETURLPRESENT WORM-s1--x http://x/a b#c',
      'SETURIPRESENT WORM-s1--x toy:y',
      'SETURLMISSING WORM-s1--x http://x/a b#c',
      'SETURIMISSING WORM-s1--x toy:y',
    ];
    const { store, logs } = await externalRemote({ asks });
    await store.probe('question');
    expect(logs.urlChanges).toEqual([
      '+ WORM-s1--x http://x/a b#c',
      '+ WORM-s1--x :toy:y',
      '- WORM-s1--x http://x/a b#c',
      '- WORM-s1--x :toy:y',
    ]);
  });

  it('about credentials is answered from the gateway, or from the branch', async () => {
    const embedded = { account: Buffer.from('me\nse cret\n').toString('base64') };
    const one = await externalRemote({ modes: 'needy', values: embedded });
    await one.store.probe('question');
    expect(readFileSync(join(one.directory, 'answers'), 'utf8')).toBe('CREDS me se cret\n');

    const asks = ['SETCREDS account you other one', 'GETCREDS account'];
    const other = await externalRemote({ asks, values: embedded });
    await other.store.probe('question');
    expect(readFileSync(join(other.directory, 'answers'), 'utf8')).toBe('CREDS you other one\n');
    const kept = join(other.annexDirectory, 'creds', `${uuid}-account`);
    expect(readFileSync(kept, 'utf8')).toBe('you\nother one\n');
  });

  it('for too much ends it, with the reason', async () => {
    const asks = [
      [`SETSTATE WORM-s1--x ${'x'.repeat(5000)}`, 'more than 4000 characters'],
      ['SETSTATE nokey x', 'no key'],
      [`SETURLPRESENT WORM-s1--x http://${'x'.repeat(5000)}`, 'more than 4000 characters'],
      ['SETURIPRESENT WORM-s1--x', 'names none'],
      ['SETCREDS ../../x me you', 'cannot be kept'],
      ['CLAIMURL x', 'what is no answer: CLAIMURL x'],
    ] as const;
    for (const [ask, why] of someOf(asks, 2)) {
      const { store } = await externalRemote({ asks: [ask] });
      await expect(store.probe('question')).rejects.toThrow(why);
    }
  });

  it('shows no password of a user of the gateway', async () => {
    const env = { GIT_ANNEX_P2PHTTP_PASSWORD_alice: 'x', EXTERNAL_SHOWS: '1' };
    const { store, directory } = await externalRemote({ env });
    await store.probe('question');
    const shown = readFileSync(join(directory, 'environment'), 'utf8');
    expect(shown).toContain('GIT_DIR=');
    expect(shown).not.toContain('P2PHTTP');
  });
});
