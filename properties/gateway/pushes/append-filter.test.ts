import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filterFor, newcomersIn } from '../../../src/gateway/pushes/append-filter.ts';
import {
  MergeTally,
  parseGroupLog,
  parseLocationLog,
  parseNumcopiesLog,
  parseTrustLog,
  stampOf,
  unionMerge,
} from '../../../src/repository/index.ts';
import { check } from '../../settings.ts';

const uuids = ['gateway', 'node1', 'other', 'laptop', 'phone'];
const served = new Set(['gateway', 'node1']);
const latest = stampOf(1_000_000);

const stamp = fc.oneof(
  fc.nat(1000).map((seconds) => `${seconds}s`),
  fc.constantFrom('0.5s', '99999999999s', '-1s', '1000', 'x', ''),
);
const uuid = fc.constantFrom(...uuids, '', 'node1\r', 'node1 ', ' node1', 'new1', 'new2');
const end = fc.constantFrom('', '', '', '\r', ' ', '\u0000');
const locationLine = fc
  .tuple(stamp, fc.constantFrom('1', '0', 'X', '2', ''), uuid, end)
  .map(([when, status, who, rest]) => `${when} ${status} ${who}${rest}`);
const settingLine = fc
  .tuple(uuid, fc.constantFrom('1', 'X', '0', 'archive', 'client backup', ''), stamp, end)
  .map(([who, value, when, rest]) => `${who} ${value} timestamp=${when}${rest}`);
const valueLine = fc.tuple(stamp, fc.nat(9)).map(([when, value]) => `${when} ${value}`);

const files = {
  'abc/def/KEY--x.log': locationLine,
  'group.log': settingLine,
  'trust.log': settingLine,
  'numcopies.log': valueLine,
};

const text = (line: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(line, { maxLength: 6 }).map((lines) => lines.map((one) => `${one}\n`).join(''));

function merged(
  path: string,
  sides: { ours: string; theirs: string; newcomers: Iterable<string> },
): string {
  const { ours, theirs } = sides;
  const groups = new Set(['archive']);
  const facts = {
    served,
    groups,
    remoteNames: new Set<string>(),
    newcomers: new Set(sides.newcomers),
    latest,
  };
  return unionMerge(ours, filterFor(facts).admitted({ path, ours, theirs }, new MergeTally()));
}

const inOrder = (of: string): string =>
  linesIn(of)
    .toSorted()
    .map((line) => `${line}\n`)
    .join('');
const linesIn = (of: string): string[] => of.split('\n').filter((line) => line !== '');

for (const [path, line] of Object.entries(files)) {
  test(`${path}: what is merged of a push by somebody who may only append`, () => {
    let added = 0;
    let left = 0;
    check(
      fc.property(text(line), text(line), (unsorted, theirs) => {
        // Of equally new lines the order counts, and merging puts lines in order.
        const ours = inOrder(unsorted);
        const newcomers = ['new1', 'new2'];
        const once = merged(path, { ours, theirs, newcomers });

        // Has all old lines, and none of its own making.
        const now = new Set(linesIn(once));
        for (const one of linesIn(ours)) expect(now).toContain(one);
        const known = new Set([...linesIn(ours), ...linesIn(theirs)]);
        for (const one of now) expect(known).toContain(one);
        // Merged again it says the same.
        expect(merged(path, { ours: once, theirs, newcomers })).toBe(once);
        expect(takenFrom(path, ours, once)).toEqual([]);
        added += now.size - new Set(linesIn(ours)).size;
        left += known.size - now.size;
      }),
    );
    expect(left).toBeGreaterThan(0);
    expect(added > 0).toBe(path !== 'numcopies.log');
  });
}

/** Of what is served, whose copies are said to be there or not otherwise than before, and whose settings are others of those who were known. */
function takenFrom(path: string, before: string, after: string): string[] {
  if (path.endsWith('x.log')) {
    const then = new Map<string, string>(statuses(before));
    return statuses(after).flatMap(([who, status]) =>
      served.has(who) && then.get(who) !== status ? [who] : [],
    );
  }
  const then = settings(path, before);
  const now = settings(path, after);
  const known = ['all', ...uuids];
  const joined = ['new1', 'new2'].filter((who) => isIn(now.get(who)) && !isIn(then.get(who)));
  if (joined.length > 0) return joined;
  return known.filter((who) => JSON.stringify(now.get(who)) !== JSON.stringify(then.get(who)));
}

/** Whether somebody is in the group of what is served. */
function isIn(groups: unknown): boolean {
  return Array.isArray(groups) && groups.includes('archive');
}

function statuses(text: string): (readonly [string, string])[] {
  return [...parseLocationLog(text)].map(([who, { status }]) => [who, status] as const);
}

function settings(path: string, text: string): ReadonlyMap<string, unknown> {
  if (path === 'numcopies.log') return new Map([['all', parseNumcopiesLog(text)]]);
  return path === 'trust.log' ? parseTrustLog(text) : parseGroupLog(text);
}

test('newcomers are those that are described and were not known', () => {
  const log = 'new1 a laptop timestamp=5s\nnode1 mine timestamp=9s\nnew2\n new3 x\nnew4 y\n';
  expect([...newcomersIn(log, new Set(['node1']))]).toEqual(['new1', 'new4']);
});
