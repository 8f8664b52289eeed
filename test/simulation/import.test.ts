import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import { parseKey, type Key } from '../../src/key/index.ts';
import {
  parseSimulation,
  SimulationComposer,
  Strata,
  type RealAnnex,
  type RealContent,
  type ImportedRepository,
} from '../../src/simulation/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';
import { run } from './runner.ts';

function uuid(number: number): Uuid {
  const parsed = parseUuid(`${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`);
  if (parsed === undefined) throw new Error('no UUID');
  return parsed;
}

function key(text: string): Key {
  const parsed = parseKey(text);
  if (parsed === undefined) throw new Error('no key');
  return parsed;
}

function content(number: number, parts: Partial<RealContent> = {}): RealContent {
  const keyText = `SHA256E-s${number * 10}--${String(number).padStart(64, '0')}.dat`;
  const file = `f${number}.dat`;
  return { key: key(keyText), keyText, file, holders: [uuid(1)], metadata: new Map(), ...parts };
}

function repository(number: number, parts: Partial<ImportedRepository> = {}): ImportedRepository {
  return {
    uuid: uuid(number),
    calledBy: [],
    isSpecialRemote: false,
    trust: 'semitrusted',
    groups: [],
    wanted: undefined,
    required: undefined,
    maxsizeBytes: undefined,
    ...parts,
  };
}

const nothing: RealAnnex = {
  source: 'From a test',
  notes: [],
  repositories: [],
  clusters: [],
  groupwanted: new Map(),
  numcopies: undefined,
  mincopies: undefined,
  connections: [],
  unknownRemotes: [],
};

function written(
  annex: Partial<RealAnnex>,
  contents: readonly RealContent[] = [],
  { madeUpKeys = false, otherCopies = 0 } = {},
): string {
  const composer = new SimulationComposer({ ...nothing, ...annex }, { madeUpKeys });
  const lines = [
    ...composer.settings(1n),
    ...contents.flatMap((each) => [...composer.content(each)]),
    ...composer.ending({ otherNames: 0, otherCopies, unreadLogs: 0 }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Names of repositories after a run of the text. */
function namesIn(text: string): readonly string[] {
  const { simulation, end } = run(text);
  expect(end).toEqual({ kind: 'done' });
  return simulation.world.repositories.map(({ name }) => name);
}

describe('names of repositories', () => {
  test('become words, and no two the same', () => {
    const called = ['my disk', 'my  disk', '[box]', '->', '', '-x', 'a\nwanted b\u202e', '<->'];
    const text = written({
      repositories: called.map((name, index) => repository(index + 1, { calledBy: [name] })),
    });

    expect(namesIn(text)).toEqual([
      'my-disk',
      'my-disk-2',
      'box',
      '>',
      'repository-00000005',
      'x',
      'a-wanted-b',
      'repository-00000008',
    ]);
  });

  test('are made for holders that nothing describes', () => {
    const text = written({}, [content(1, { holders: [uuid(7)] })]);

    expect(namesIn(text)).toEqual(['repository-00000007']);
  });
});

describe('a cluster with two gateways', () => {
  const called = ['gate', 'other', 'node', 'client', 'guest'];
  const annex = {
    repositories: called.map((name, index) => repository(index + 1, { calledBy: [name] })),
    clusters: [
      {
        calledBy: ['pool'],
        nodes: [uuid(3)],
        gateways: [
          { uuid: uuid(1), clients: [uuid(4)] },
          { uuid: uuid(2), clients: [uuid(4), uuid(5)] },
        ],
      },
      { calledBy: ['empty'], nodes: [], gateways: [{ uuid: uuid(1), clients: [] }] },
    ],
    connections: [
      { from: uuid(4), to: uuid(1) },
      { from: uuid(5), to: uuid(2) },
    ],
  };

  test('is reached by each client through its own', () => {
    const { simulation } = run(written(annex));
    const remotes = simulation.world.repositories.map((each) => each.remotes.toSorted());

    expect(remotes).toEqual([
      [],
      [],
      [],
      ['gate', 'other-pool-node', 'pool-node'],
      ['other', 'other-pool-node'],
    ]);
    expect(written(annex)).toContain('\nvia pool-node gate\n');
    expect(written(annex)).toContain('\nvia other-pool-node other\n');
  });

  test('is sent to by each client through its own', () => {
    const { simulation, end } = run(`${written(annex)}add f 1B guest\ncopyto guest other-pool\n`);
    const knowing = called.filter((view) =>
      simulation.world.holds('f', { view, repository: 'node' }),
    );

    expect(end).toEqual({ kind: 'done' });
    expect(knowing).toEqual(['other', 'node', 'guest']);
  });

  test('has only names where commands are those of git-annex', () => {
    const text = written(annex, [], { madeUpKeys: true });

    expect(text).toContain('clusternode pool-node node\nclusternode other-pool-node node\n');
    expect(text).not.toMatch(/^(?:via|cluster) /m);
  });
});

describe('what the language cannot say', () => {
  test('is no command, whatever a name or an expression holds', () => {
    const evil = 'x\nstep 1000\n';
    const text = written(
      {
        source: evil,
        notes: [evil],
        repositories: [repository(1, { calledBy: [evil], wanted: `include=a\tor include=b` })],
      },
      [content(1, { file: `dir/${evil}.txt` }), content(2, { file: undefined })],
    );

    expect(text).not.toMatch(/^step/m);
    expect([...run(text).simulation.world.files()]).toEqual([
      expect.stringMatching(/^dir\/x_step_1000_~[0-9a-f]{12}\.txt$/),
      expect.stringMatching(/^no-file\/[0-9a-f]{12}\.dat$/),
    ]);
    expect(text).toContain('wanted x-step-1000 include=a or include=b');
  });

  test('is not so much: an arrow or a comment can be the name of a file', () => {
    const names = ['->', '#x', 'while'];
    const metadata = new Map([['tag', ['x']]]);
    const contents = names.map((file, index) => content(index + 1, { file, metadata }));
    const { end, simulation } = run(written({}, contents));

    expect(end).toEqual({ kind: 'done' });
    expect([...simulation.world.files()].sort()).toEqual(names.sort());
  });

  test('is told: expressions that do not parse, sizes that are not known, contents nowhere', () => {
    const text = written(
      { repositories: [repository(1, { calledBy: ['a'], wanted: 'nonsense=1', required: '' })] },
      [
        content(1, { key: key('URL--http://x'), keyText: 'URL--http://x' }),
        content(2, { holders: [] }),
      ],
    );

    expect(text).toContain('# this expression does not parse, and means present: nonsense=1');
    expect(text).toContain('wanted a present\n');
    expect(text).not.toContain('required');
    expect(text).toContain('addkey f1.dat URL--http://x a\n');
    expect(text).toContain('# contents without a known size, 0B here: 1');
    expect(text).toContain('# contents that are nowhere, left out: 1');
  });
});

describe('keys and UUIDs', () => {
  const annex = { repositories: [repository(1), repository(2, { isSpecialRemote: true })] };
  const contents = [content(1), content(2, { holders: [uuid(7)] })];

  test('are the real ones', () => {
    const { world } = run(written(annex, contents)).simulation;

    expect(world.repositories.map((each) => each.uuid)).toEqual([uuid(1), uuid(2), uuid(7)]);
    expect(world.repositories.map((each) => each.isSpecialRemote)).toEqual([false, true, false]);
    expect([...world.files()].map((file) => world.fileKey(file))).toEqual(
      contents.map(({ keyText }) => keyText),
    );
  });

  test('are made up where one asks for it, with commands that git-annex has', () => {
    const text = written(annex, contents, { madeUpKeys: true });

    expect(parseSimulation(text, dialects.reference, 'git-annex').kind).toBe('simulation');
    expect(text).toContain('add f1.dat 10B repository-00000001\n');
  });

  test('are made up for a content whose key is no word', () => {
    const keyText = 'WORM-s3-m1--with white space.txt';
    const text = written(annex, [content(1, { key: key(keyText), keyText }), content(2)]);

    expect(text).toContain('add f1.dat 3B repository-00000001\n');
    expect(text).toContain(
      '# contents with made-up keys, for white space or the like in theirs: 1',
    );
    expect(run(text).end).toEqual({ kind: 'done' });
  });
});

describe('metadata', () => {
  const metadata = new Map([
    ['tag', ['a', 'b=c', 'white space', 'line\nend', 'ü']],
    ['only', ['not this', 'that']],
    ['x+', ['y']],
    ['empty', ['']],
  ]);

  test('is what the language can say of it, and the rest is counted', () => {
    const text = written({}, [content(1, { metadata }), content(2)]);

    expect(text.match(/^metadata .*$/gm)).toEqual([
      'metadata f1.dat tag=a',
      'metadata f1.dat tag+=b=c',
      'metadata f1.dat tag+=ü',
      'metadata f1.dat only=that',
      'metadata f1.dat empty=',
    ]);
    expect(text).toContain('# values of metadata left out');
    expect(text).toMatch(/in them or their fields: 4\n/);
  });

  test('is what expressions see then', () => {
    const settings = { wanted: 'metadata=tag=b=c and metadata=tag=a and metadata=tag=ü' };
    const annex = {
      repositories: [repository(1), repository(2, settings)],
      connections: [{ from: uuid(1), to: uuid(2) }],
    };
    const text = written(annex, [content(1, { metadata }), content(2)]);
    const sent = run(`${text}action repository-00000001 sendwanted repository-00000002\n`);

    expect(sent.log.match(/^present .*$/gm)).toEqual(['present repository-00000002 f1.dat']);
  });
});

test('files with a numcopies of their own are counted', () => {
  const text = written({}, [], { otherCopies: 3 });

  expect(text).toMatch(/^# files for which \.gitattributes says another numcopies .*: 3$/m);
});

describe('a sample', () => {
  const all = Array.from({ length: 1000 }, (_each, index) => {
    const extension = index % 4 === 0 ? 'flac' : 'txt';
    const keyText = `SHA256E-s${index % 4 === 0 ? 9_000_000 : 20}--${index}.${extension}`;
    const holders = index % 10 < 3 ? [uuid(1), uuid(2)] : [uuid(2)];
    return content(index, {
      key: key(keyText),
      keyText,
      file: `f${index}.${extension}`,
      holders,
    });
  });

  function sample(seed: bigint, count: number): readonly RealContent[] {
    const strata = new Strata(seed);
    for (const each of all) strata.count(each);
    return strata.choose(count).flatMap((index) => all[index] ?? []);
  }

  test.each([1n, 2n, 3n])('keeps shares of places and kinds, with seed %d', (seed) => {
    const chosen = sample(seed, 100);
    const share = (is: (content: RealContent) => boolean): number => chosen.filter(is).length;
    const isAlike = (is: (content: RealContent) => boolean): void => {
      expect(Math.abs(share(is) - all.filter(is).length / 10)).toBeLessThanOrEqual(2);
    };

    expect(chosen).toHaveLength(100);
    isAlike(({ holders }) => holders.length === 2);
    isAlike(({ file }) => file?.endsWith('.flac') === true);
    isAlike(({ file, holders }) => file?.endsWith('.flac') === true && holders.length === 2);
  });

  test('follows from its seed, and is all there is when that is less', () => {
    expect(sample(1n, 50)).toEqual(sample(1n, 50));
    expect(sample(1n, 50)).not.toEqual(sample(2n, 50));
    expect(sample(1n, 5000)).toEqual(all);
  });
});
