import { describe, expect, it } from 'vitest';
import {
  programLogsOn,
  type ProgramLogs,
} from '../../../src/nodes/special/external/program-logs.ts';
import { locationLogPath, urlLogPath, type BranchEdit } from '../../../src/repository/index.ts';
import { keyOf } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';

const key = keyOf('WORM-s1--x');
const web = '00000000-0000-0000-0000-000000000001';

describe('urls that a program notes', () => {
  it('are there as git-annex would have them, and so is the web', async () => {
    const { logs, urlLines, locationLines } = noted();
    await logs.setUrl(key, { url: 'http://x/y z#q', isPresent: true });
    expect(urlLines()).toEqual(['1 http://x/y z#q']);
    expect(locationLines()).toEqual([`1 ${web}`]);

    await logs.setUrl(key, { url: ':toy:abc', isPresent: true });
    await logs.setUrl(key, { url: 'http://x/b', isPresent: true });
    expect(urlLines()).toEqual(['1 http://x/y z#q', '1 :toy:abc', '1 http://x/b']);
    expect(await logs.urls(key)).toEqual(['http://x/y z#q', ':toy:abc', 'http://x/b']);

    await logs.setUrl(key, { url: 'http://x/b', isPresent: false });
    expect(urlLines()).toContain('0 http://x/b');
    expect(locationLines()).toEqual([`1 ${web}`]);

    await logs.setUrl(key, { url: 'http://x/y z#q', isPresent: false });
    expect(urlLines().toSorted()).toEqual(['0 http://x/b', '0 http://x/y z#q', '1 :toy:abc']);
    expect(locationLines()).toEqual([`0 ${web}`]);
  });

  it('of another remote say nothing of the web', async () => {
    const { logs, urlLines, locationLines } = noted();
    await logs.setUrl(key, { url: ':http://as-uri/', isPresent: true });
    await logs.setUrl(key, { url: ':http://as-uri/', isPresent: false });
    expect(urlLines()).toEqual(['0 :http://as-uri/']);
    expect(locationLines()).toEqual([]);
  });

  it('change nothing where that is known already', async () => {
    const { logs, texts, urlLines, locationLines } = noted();
    await logs.setUrl(key, { url: 'http://nowhere/', isPresent: false });
    expect([...urlLines(), ...locationLines()]).toEqual([]);
    await logs.setUrl(key, { url: 'nourl', isPresent: true });
    texts.set(locationLogPath(key), '');
    await logs.setUrl(key, { url: 'nourl', isPresent: true });
    expect(urlLines()).toEqual(['1 nourl']);
    expect(locationLines()).toEqual([]);
  });

  it('come after what an older clock has noted', async () => {
    const { logs, texts, urlLines } = noted();
    texts.set(urlLogPath(key), '9999s 1 http://x\n');
    await logs.setUrl(key, { url: 'http://x', isPresent: false });
    expect(texts.get(urlLogPath(key))).toBe('10000s 0 http://x\n');
    expect(urlLines()).toEqual(['0 http://x']);
    await expect(logs.setUrl(key, { url: 'a\nb', isPresent: true })).rejects.toThrow('line');
  });
});

function noted(): {
  readonly logs: ProgramLogs;
  readonly texts: Map<string, string>;
  readonly urlLines: () => string[];
  readonly locationLines: () => string[];
} {
  const texts = new Map<string, string>();
  const branch = {
    read: (path: string) => Promise.resolve(texts.get(path)),
    change: (edits: readonly BranchEdit[]) => {
      for (const { path, edit } of edits) texts.set(path, edit(texts.get(path) ?? ''));
      return Promise.resolve();
    },
  };
  const linesOf = (path: string): string[] =>
    (texts.get(path) ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(line.indexOf(' ') + 1));
  return {
    logs: programLogsOn(branch, imaginaryUuid(1), { wallMs: () => 5_000_000 }),
    texts,
    urlLines: () => linesOf(urlLogPath(key)),
    locationLines: () => linesOf(locationLogPath(key)),
  };
}
