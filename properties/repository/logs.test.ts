/**
 * What is written into a log is what is read back, whatever stood there before: lines of any line
 * end and stamp, rubbish, bytes that are no text. Where it would not be, writing throws by name.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareStamps,
  formatStamp,
  mergedForWriting,
  nextStamp,
  parseClusterLog,
  parseGroupLog,
  parseGroupPreferredContentLog,
  parseLocationLog,
  parseMaxsizeLog,
  parseNumcopiesLog,
  parsePreferredContentLog,
  parseProxyLog,
  parseStamp,
  parseTrustLog,
  parseUuidLog,
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
import { decodeText } from '../../src/units/index.ts';
import { imaginaryUuid } from '../../test/support/presence.ts';
import { check } from '../settings.ts';

const uuids = [1, 2, 3].map((number) => imaginaryUuid(number));
const uuid = fc.constantFrom(...uuids);

const digits = fc.oneof(
  fc.bigInt(0n, 2_000_000_000n).map(String),
  fc.integer({ min: 1, max: 200 }).map((length) => '9'.repeat(length)),
  fc.constantFrom('0', '007', '1795356142', '1795356143'),
);

const stampText = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '+'),
    digits,
    fc.constantFrom('', '', '.5', '.50', '.123456789012345', '.9999999999999'),
    fc.constantFrom('s', 's', ''),
  )
  .map((parts) => parts.join(''));

/** Bytes as text; what is not UTF-8 too. */
const bytes = fc
  .uint8Array({ maxLength: 12 })
  .map((array) => decodeText(array))
  .filter((text) => !text.includes('\0'));

const word = fc.oneof(
  fc.constantFrom('1', '0', 'X', '?', 'archive', 'include=*.a', 'timestamp=5s', '', ' ', '12'),
  bytes,
  uuid,
);

/** Lines like those of every kind of log, and such as are of none. */
const line = fc.oneof(
  fc.tuple(stampText, fc.constantFrom('1', '0', 'X'), uuid).map((words) => words.join(' ')),
  fc.tuple(uuid, word, word, stampText).map(([a, b, c, d]) => `${a} ${b} ${c} timestamp=${d}`),
  fc.tuple(uuid, word).map((words) => words.join(' ')),
  fc.tuple(stampText, uuid, word, word).map((words) => words.join(' ')),
  fc.tuple(stampText, fc.constantFrom('3', '-1', 'x', ' 5', '2 3')).map((words) => words.join(' ')),
  fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')),
);

const log = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\r', '\n\n')), {
    maxLength: 8,
  })
  .map((lines) => lines.flat().join(''));

const value = fc.oneof(
  word,
  bytes,
  fc.tuple(word, word).map((words) => words.join(' ')),
);
const now = fc.constantFrom(0, 5000, 1_795_356_142_900).map(stampOf);

interface Writing {
  readonly text: string;
  readonly uuid: (typeof uuids)[number];
  readonly value: string;
  readonly now: ReturnType<typeof stampOf>;
  readonly number: number;
}

const writing: fc.Arbitrary<Writing> = fc.record({
  text: log,
  uuid,
  value,
  now,
  number: fc.oneof(fc.nat(100), fc.double(), fc.maxSafeInteger()),
});

interface Kind {
  write(writing: Writing): string;
  /** What is read of what was written, and what should be. */
  read(text: string, writing: Writing): readonly [unknown, unknown];
}

const words = (text: string): string[] => [...new Set(text.split(' '))].sort();
const levels = ['trusted', 'untrusted', 'semitrusted', 'dead'] as const;
const levelOf = ({ number }: Writing): (typeof levels)[number] =>
  levels[Math.abs(Math.trunc(number)) % 4] ?? 'dead';

const kinds: Readonly<Record<string, Kind>> = {
  'a location log': {
    write: ({ text, uuid, number, now }) =>
      setPresence(text, { uuid, isPresent: number > 50, now }),
    read: (text, { uuid, number }) => [
      parseLocationLog(text).get(uuid)?.status,
      number > 50 ? '1' : '0',
    ],
  },
  'uuid.log': {
    write: ({ text, uuid, value, now }) => setDescription(text, { subject: uuid, value, now }),
    read: (text, { uuid, value }) => [parseUuidLog(text).get(uuid), value],
  },
  'trust.log': {
    write: (all) => setTrust(all.text, { uuid: all.uuid, trust: levelOf(all), now: all.now }),
    read: (text, all) => [parseTrustLog(text).get(all.uuid), levelOf(all)],
  },
  'group.log': {
    write: ({ text, uuid, value, now }) => setGroups(text, { uuid, groups: words(value), now }),
    read: (text, { uuid, value }) => [parseGroupLog(text).get(uuid), words(value)],
  },
  'preferred-content.log': {
    write: ({ text, uuid, value, now }) => setPreferredContent(text, { subject: uuid, value, now }),
    read: (text, { uuid, value }) => [parsePreferredContentLog(text).get(uuid), value],
  },
  'group-preferred-content.log': {
    write: ({ text, uuid, value, now }) =>
      setGroupPreferredContent(text, { subject: value, value: uuid, now }),
    read: (text, { uuid, value }) => [parseGroupPreferredContentLog(text).get(value), uuid],
  },
  'maxsize.log': {
    write: ({ text, uuid, number, now }) =>
      setMaxsize(text, { uuid, maxsizeBytes: BigInt(Math.trunc(number)) ** 3n, now }),
    read: (text, { uuid, number }) => [
      parseMaxsizeLog(text).get(uuid),
      BigInt(Math.trunc(number)) ** 3n,
    ],
  },
  'numcopies.log': {
    write: ({ text, number, now }) => setNumcopies(text, { copies: number, now }),
    read: (text, { number }) => [parseNumcopiesLog(text), number === 0 ? 0 : number],
  },
  'cluster.log': {
    write: ({ text, uuid, now }) => setCluster(text, { cluster: uuid, nodes: uuids, now }),
    read: (text, { uuid }) => [parseClusterLog(text).get(uuid), uuids],
  },
  'proxy.log': {
    write: ({ text, uuid, now }) =>
      setProxy(text, { gateway: uuid, remotes: [{ uuid, name: 'a:b' }], now }),
    read: (text, { uuid }) => [parseProxyLog(text).get(uuid), [{ uuid, name: 'a:b' }]],
  },
};

test.each(Object.entries(kinds))('what is written into %s is read back', (_name, kind) => {
  const counted = { written: 0, refused: 0 };
  check(
    fc.property(writing, (all) => {
      fc.pre(Number.isFinite(all.number));
      let text: string;
      try {
        text = kind.write(all);
      } catch (error) {
        if (!String(error).includes('cannot stand in a log')) throw error;
        counted.refused += 1;
        return;
      }
      counted.written += 1;
      const [read, wanted] = kind.read(text, all);
      expect(read).toEqual(wanted);
    }),
  );
  expect(counted.written).toBeGreaterThan(counted.refused / 2);
});

test('what is written wins over the version that it replaces, in a merge', () => {
  check(
    fc.property(writing, (all) => {
      const path = 'f87/4d5/A--b.log';
      const isPresent = all.number > 50;
      const written = setPresence(all.text, { uuid: all.uuid, isPresent, now: all.now });
      for (const [ours, theirs] of [
        [written, all.text],
        [all.text, written],
      ] as const) {
        const merged = mergedForWriting(path, { ours, theirs });
        expect(parseLocationLog(merged).get(all.uuid)?.status).toBe(isPresent ? '1' : '0');
      }
    }),
  );
});

/** A stamp as a whole number of picoseconds, by way of arithmetic that this program avoids. */
function picoseconds(text: string): bigint {
  const [, sign = '', whole = '', decimals = ''] = /^([+-]?)(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  const distance = BigInt(whole) * 10n ** 12n + BigInt(decimals.slice(0, 12).padEnd(12, '0'));
  return sign === '-' && BigInt(whole) > 0n ? -distance : distance;
}

test('stamps are ordered, added to and printed as numbers are', () => {
  const read = (text: string): NonNullable<ReturnType<typeof parseStamp>> => {
    const stamp = parseStamp(text);
    if (stamp === undefined) throw new Error(`no stamp: ${text}`);
    return stamp;
  };
  check(
    fc.property(stampText, stampText, now, (one, other, now) => {
      const difference = picoseconds(one) - picoseconds(other);
      const order = difference < 0n ? -1 : difference > 0n ? 1 : 0;
      expect(Math.sign(compareStamps(read(one), read(other)))).toBe(order);
      expect(picoseconds(formatStamp(read(one)))).toBe(picoseconds(one));
      const after = picoseconds(one) + 10n ** 12n;
      const clock = picoseconds(formatStamp(now));
      const next = picoseconds(formatStamp(nextStamp(now, read(one))));
      expect(next).toBe(after > clock ? after : clock);
    }),
    1000,
  );
});
