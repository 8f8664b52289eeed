import { describe, expect, test } from 'vitest';
import {
  compactLocationLog,
  parseClusterLog,
  parseGroupLog,
  parseGroupPreferredContentLog,
  parseLocationLog,
  parseMaxsizeLog,
  parseNumcopiesLog,
  parsePreferredContentLog,
  parseProxyLog,
  parseRemoteLog,
  parseTrustLog,
  parseUuidLog,
  presentIn,
  setCluster,
  setDescription,
  setGroupPreferredContent,
  setGroups,
  setMaxsize,
  setNumcopies,
  setPreferredContent,
  setPresence,
  setProxy,
  setTrust,
  stampOf,
} from '../../src/repository/index.ts';
import { imaginaryUuid, uuidOf } from '../support/branch.ts';

const now = stampOf(1_795_356_142_900);
const [one, two, three] = [imaginaryUuid(1), imaginaryUuid(2), imaginaryUuid(3)];
const cluster = uuidOf('ac205ac5-d1e7-852c-a284-af955a1e255e');

describe('location logs', () => {
  test('are written one line a repository, sorted by UUID', () => {
    let text = '';
    for (const uuid of [three, one, two]) text = setPresence(text, { uuid, isPresent: true, now });
    text = setPresence(text, { uuid: two, isPresent: false, now });

    expect(text).toBe(`1795356142s 1 ${one}\n1795356143s 0 ${two}\n1795356142s 1 ${three}\n`);
  });

  test('stay the same text when a status is current already', () => {
    const text = `5.25s 1 ${one}\n3s 0 ${one}\nrubbish\n`;

    expect(setPresence(text, { uuid: one, isPresent: true, now })).toBe(text);
  });

  test('the newest line counts, of equally new ones the first', () => {
    expect(presentIn(`5s 1 ${one}\n5s 0 ${one}\n4s 0 ${one}\n`)).toEqual([one]);
    expect(presentIn(`5s 0 ${one}\n5s 1 ${one}\n`)).toEqual([]);
    expect(presentIn(`5s X ${one}\n4s 1 ${one}\n5s 1 ${two}`)).toEqual([two]);
  });

  test('pass over what is no line of theirs', () => {
    const lines = ['', 's', '5s', '5s 1', '5s 1 ', `5s 2 ${one}`, `x 1 ${one}`, `5s  1 ${one}`];

    expect(parseLocationLog(lines.join('\n')).size).toBe(0);
    expect(compactLocationLog(`${lines.join('\n')}\n5s 1 ${one}`)).toBe(`5s 1 ${one}\n`);
  });
});

test.each([
  ['a description', () => setDescription('', { subject: one, value: 'a\rb', now })],
  ['an expression', () => setPreferredContent('', { subject: one, value: 'a\nb', now })],
  ['a group', () => setGroups('', { uuid: one, groups: ['a b'], now })],
  ['a group without a name', () => setGroups('', { uuid: one, groups: [''], now })],
  [
    'a group with groupwanted',
    () => setGroupPreferredContent('', { subject: 'a b', value: 'c', now }),
  ],
  ['a size', () => setMaxsize('', { uuid: one, maxsizeBytes: 10n ** 50n, now })],
  ['a number of copies', () => setNumcopies('', { copies: 1.5, now })],
])('%s that would be read as another is refused by name', (_kind, write) => {
  expect(write).toThrow('cannot stand in a log');
});

test('a blank ends the name of a group, and no other white space does', () => {
  expect(parseGroupLog(`${one}  a\tb c\u00a0d timestamp=5s`).get(one)).toEqual([
    'a\tb',
    'c\u00a0d',
  ]);
});

describe('logs by UUID', () => {
  test('uuid.log keeps a description as it is, and reads only the last word as a stamp', () => {
    const text = setDescription('', { subject: one, value: 'my  disk timestamp=123s', now });

    expect(text).toBe(`${one} my  disk timestamp=123s timestamp=1795356142s\n`);
    expect(parseUuidLog(text).get(one)).toBe('my  disk timestamp=123s');
  });

  test('a line without a stamp is older than any other, and of equally new ones the last counts', () => {
    expect(parseUuidLog(`${one} a timestamp=-1s\n${one} b\n`).get(one)).toBe('a');
    expect(parseUuidLog(`${one} a timestamp=5s\n${one} b timestamp=5s\n`).get(one)).toBe('b');
    expect(parseUuidLog(`${one}\n`).get(one)).toBe('');
    expect(parseUuidLog(`${one} x timestamp=zz\n`).get(one)).toBe('x timestamp=zz');
  });

  test('trust.log', () => {
    const text = setTrust('', { uuid: one, trust: 'dead', now });

    expect(text).toBe(`${one} X timestamp=1795356142s\n`);
    expect(parseTrustLog(`${text}${two}\n${three} Q timestamp=5s\n`)).toEqual(
      new Map([
        [one, 'dead'],
        [two, 'trusted'],
        [three, 'semitrusted'],
      ]),
    );
  });

  test('group.log sorts groups, and leaves two spaces when the last one goes', () => {
    const text = setGroups('', { uuid: one, groups: ['backup', 'archive'], now });

    expect(text).toBe(`${one} archive backup timestamp=1795356142s\n`);
    expect(parseGroupLog(text).get(one)).toEqual(['archive', 'backup']);
    expect(setGroups(text, { uuid: one, groups: [], now })).toBe(`${one}  timestamp=1795356143s\n`);
    expect(parseGroupLog(`${one}  timestamp=1s\n`).get(one)).toEqual([]);
  });

  test('preferred-content.log tells an emptied expression from none', () => {
    const value = 'include=*.mp3 or (copies=archive:1 and not metadata=tag=x)';
    const text = setPreferredContent('', { subject: one, value, now });

    expect(text).toBe(`${one} ${value} timestamp=1795356142s\n`);
    expect(parsePreferredContentLog(text).get(one)).toBe(value);
    const emptied = setPreferredContent(text, { subject: one, value: '', now });
    expect(emptied).toBe(`${one}  timestamp=1795356143s\n`);
    expect(parsePreferredContentLog(emptied)).toEqual(new Map([[one, '']]));
  });

  test('remote.log', () => {
    const text = `${one} encryption=none name=d1 preferreddir=a&32;b&38;c type=directory timestamp=5s\n`;

    expect(Object.fromEntries(parseRemoteLog(text).get(one) ?? [])).toEqual({
      encryption: 'none',
      name: 'd1',
      preferreddir: 'a b&c',
      type: 'directory',
    });
  });
});

describe('logs with the stamp first', () => {
  test('numcopies.log: the larger of equally new numbers, and what does not parse is passed over', () => {
    expect(setNumcopies('', { copies: 3, now })).toBe('1795356142s 3\n');
    expect(parseNumcopiesLog('5s 3\n5s 2\n')).toBe(3);
    expect(parseNumcopiesLog('5s 2\n5s 3\n')).toBe(3);
    expect(parseNumcopiesLog('1700000000s x\n1600000000s 4\n')).toBe(4);
    expect(parseNumcopiesLog('1700000000 6')).toBe(6);
    expect(parseNumcopiesLog('')).toBeUndefined();
  });

  test('maxsize.log', () => {
    const text = setMaxsize('', { uuid: one, maxsizeBytes: 10n ** 20n, now });

    expect(text).toBe(`1795356142s ${one} 100000000000000000000\n`);
    expect(parseMaxsizeLog(`${text}5s ${two} 0\n`)).toEqual(
      new Map([
        [one, 10n ** 20n],
        [two, 0n],
      ]),
    );
  });

  test('group-preferred-content.log', () => {
    const text = setGroupPreferredContent('', {
      subject: 'archive',
      value: 'balanced=archive:2',
      now,
    });

    expect(text).toBe('1795356142s archive balanced=archive:2\n');
    expect(parseGroupPreferredContentLog(`${text}9999999999s archive\n`)).toEqual(
      new Map([['archive', 'balanced=archive:2']]),
    );
  });

  test('cluster.log and proxy.log are sorted by UUID', () => {
    const clusters = setCluster('', { cluster, nodes: [two, one, two], now });
    const remotes = [
      { uuid: two, name: 'node2' },
      { uuid: one, name: 'node:1' },
    ];
    const proxies = setProxy('', { gateway: three, remotes, now });

    expect(clusters).toBe(`1795356142s ${cluster} ${one} ${two}\n`);
    expect(parseClusterLog(clusters)).toEqual(new Map([[cluster, [one, two]]]));
    expect(proxies).toBe(`1795356142s ${three} ${one}:node:1 ${two}:node2\n`);
    expect(parseProxyLog(proxies).get(three)).toEqual(remotes.toReversed());
  });
});

test('no log is upset by long lines, other line ends or bytes that are not text', () => {
  const hostile = [
    'x'.repeat(1_000_000),
    `${'9'.repeat(1_000_000)}s 1 ${one}`,
    `${one} ${' timestamp=5s'.repeat(50_000)}`,
    `5s 1 ${one}\r`,
    '\udcff\udc80 \udcff \u0000',
    ' '.repeat(100_000),
    `5s ${one} ${'1'.repeat(100_000)}`,
  ].join('\n');

  for (const parse of [
    parseClusterLog,
    parseGroupLog,
    parseGroupPreferredContentLog,
    parseLocationLog,
    parseMaxsizeLog,
    parseNumcopiesLog,
    parsePreferredContentLog,
    parseProxyLog,
    parseRemoteLog,
    parseTrustLog,
    parseUuidLog,
  ]) {
    expect(() => parse(hostile)).not.toThrow();
  }
});
