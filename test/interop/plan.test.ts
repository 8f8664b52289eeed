import { describe, expect, it } from 'vitest';
import { told } from '../cli/planning/told.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import {
  RecordedRepository,
  type KeyToRecord,
  type RepositoryToRecord,
} from '../support/recorded-annex.ts';

const keyCount = isLong ? 20_000 : 150;

/** Repositories by what they want; each term of the language that a plan of a large annex meets. */
const wishes: readonly Partial<RepositoryToRecord>[] = [
  { wanted: 'balanced=store:2', groups: ['store'], maxsize: '1000000000' },
  { wanted: 'balanced=store:2', groups: ['store'] },
  { wanted: 'include=music/* and not copies=store:2', groups: ['store', 'archive'] },
  { wanted: 'metadata=tag=keep or largerthan=500kb', trust: 'untrusted' },
  { wanted: 'groupwanted', groups: ['archive'], trust: 'trusted' },
  { wanted: 'lackingcopies=1 or inallgroup=archive', groups: ['last'] },
  { required: 'exclude=*.tmp', groups: ['last'] },
  { wanted: 'standard', groups: ['backup'] },
];

const repos: readonly RepositoryToRecord[] = wishes.map(repositoryOf);

function repositoryOf(wish: Partial<RepositoryToRecord>, place: number): RepositoryToRecord {
  const uuid = `${place + 1}2222222-2222-4222-8222-222222222222`;
  return { uuid, groups: [], trust: 'semitrusted', described: true, ...wish };
}

/** Each in five has a second file, which is no music; who has it is as good as by chance. */
const keys: readonly KeyToRecord[] = Array.from(
  { length: keyCount },
  (_, number) => number,
).flatMap((number) => {
  const chance = (number * 2_654_435_761) >>> 0;
  const key = `SHA256E-s${chance % 1_000_000}--${chance.toString(16).padStart(64, '0')}`;
  const locations = repos.filter((_, place) => (chance >>> (place + 3)) % 3 === 0);
  const of = (file: string): KeyToRecord => ({
    key,
    file,
    locations: locations.map(({ uuid }) => uuid),
    metadata: number % 7 === 0 ? { tag: ['keep'] } : {},
  });
  const name = `${number}${number % 11 === 0 ? '.tmp' : ''}`;
  const first = of(`${number % 3 === 0 ? 'music' : 'data'}/${name}`);
  return number % 5 === 0 ? [first, of(`again/${name}`)] : [first];
});

interface Line {
  readonly move?: string;
  readonly key: string;
  readonly repository: string;
}

/** The real program names what nobody has, what has no room and what has to stay like all else. */
const theirMoves = new Map([
  ['get', 'get'],
  ['full', 'get'],
  ['lost', 'get'],
  ['drop', 'drop'],
  ['keep', 'drop'],
]);

describe.skipIf(!hasGitAnnex)(`ballast plan --each of ${keyCount} keys`, () => {
  it('names what git-annex finds that repositories want to get and to drop', async () => {
    const recorded = new RecordedRepository(
      {
        repos,
        groupwanted: { archive: 'include=data/* or copies=last:2' },
        numcopies: 2,
        clusters: {
          'ac205ac5-d1e7-852c-a284-af955a1e255e': repos.slice(0, 3).map(({ uuid }) => uuid),
        },
        rebalance: false,
        gitattributes: '*.tmp annex.numcopies=3\n',
      },
      keys,
    );
    git(recorded.directory, 'commit', '-q', '-m', 'files');
    const byKey = new Map<string, KeyToRecord[]>();
    for (const each of keys) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
    const [gets, drops] = [recorded.find('--want-get-by'), recorded.find('--want-drop-by')];
    const theirs = repos.flatMap(({ uuid }) =>
      [...byKey].flatMap(([key, files]) => {
        const isThere = files.some(({ locations }) => locations.includes(uuid));
        const found = files.filter(({ file }) => (isThere ? drops : gets).get(uuid)?.has(file));
        // A copy is got for one file that wants it, and goes only when none does.
        const isMoved = isThere ? found.length === files.length : found.length > 0;
        return isMoved ? [`${isThere ? 'drop' : 'get'} ${key} ${uuid}`] : [];
      }),
    );

    const { lines } = await told(recorded.directory, { each: true, json: true });

    const ours = lines.slice(0, -1).flatMap((text) => {
      const { move = '', key, repository }: Line = JSON.parse(text);
      const named = theirMoves.get(move);
      return named === undefined ? [] : [`${named} ${key} ${repository}`];
    });
    expect(ours.toSorted()).toEqual(theirs.toSorted());
    for (const { uuid } of repos) {
      const own = theirs.filter((move) => move.endsWith(uuid)).length;
      expect(own).toBeGreaterThan(0);
    }
    expect(new Set(ours).size).toBe(ours.length);
  });
});
