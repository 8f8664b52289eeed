import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAnnexRef, PushRequest } from '../../src/protocol/index.ts';
import { check } from '../settings.ts';
import { isErrorCode } from '../../src/units/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'ballast-packets-'));
let full = '';
let emptied = '';
let pack = Buffer.alloc(0);

const git = (words: readonly string[], input = ''): string =>
  execFileSync('git', ['-C', directory, ...words], { input, encoding: 'utf8', env }).trim();
const env = {
  ...process.env,
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'a'],
      [`GIT_${who}_EMAIL`, 'a@b'],
    ]),
  ),
};

beforeAll(() => {
  git(['init', '-q', '--bare']);
  const blob = git(['hash-object', '-w', '--stdin'], 'a line\n');
  const tree = git(['mktree'], `100644 blob ${blob}\tuuid.log\n`);
  full = git(['commit-tree', tree, '-m', 'full']);
  emptied = git(['commit-tree', git(['mktree']), '-p', full, '-m', 'emptied']);
  git(['update-ref', 'refs/heads/git-annex', full]);
  pack = spawnSync('git', ['-C', directory, 'pack-objects', '--stdout', '-q'], {
    input: '',
  }).stdout;
});

afterAll(() => rmSync(directory, { recursive: true }));

let pushes = 0;

function requestFor(): PushRequest {
  pushes += 1;
  const place = (index: number): string => `refs/ballast/pushed/${pushes}/${index}`;
  const isOwn = (ref: string): boolean => ref.startsWith('refs/ballast/');
  return new PushRequest({ branch: 'refs/heads/git-annex', isOwn, place, deletion: 'never' });
}

/** What git gets of a push, and whether all of it is taken. */
function given(sent: string): { text: string; isTaken: boolean } {
  const request = requestFor();
  const pieces: Uint8Array[] = [];
  try {
    // One by one, so that what comes before something that is refused is seen, too.
    for (const byte of Buffer.from(sent, 'latin1'))
      pieces.push(...request.take(Uint8Array.of(byte)));
  } catch (error) {
    if (!isErrorCode(error, 'PUSH_REFUSED')) throw error;
    return { text: Buffer.concat(pieces).toString('latin1'), isTaken: false };
  }
  return { text: Buffer.concat(pieces).toString('latin1'), isTaken: true };
}

const pkt = (payload: string, isLarge = false): string => {
  const length = (payload.length + 4).toString(16).padStart(4, '0');
  return `${isLarge ? length.toUpperCase() : length}${payload}`;
};

/** The refs for which git finds commands, as its receive-pack reads them: each text ends at a NUL. */
function refsForGit(text: string): string[] {
  const refs: string[] = [];
  let certificate: string | undefined;
  const find = (line: string): void => {
    const ref = /^[0-9a-f]{40} [0-9a-f]{40} ([^]*)$/i.exec(line)?.[1];
    if (ref !== undefined) refs.push(ref);
  };
  for (let at = 0; at + 4 <= text.length; ) {
    const length = Number.parseInt(text.slice(at, at + 4), 16);
    if (length < 4) break;
    const payload = text.slice(at + 4, at + length);
    at += length;
    const [uncut = ''] = payload.split('\0', 1);
    const [line = ''] = payload.replace(/\n$/, '').split('\0', 1);
    if (certificate === undefined) {
      if (line === 'push-cert') certificate = '';
      else find(line);
    } else if (uncut === 'push-cert-end\n') {
      certificate.split('\n').forEach(find);
      certificate = undefined;
    } else certificate += uncut;
  }
  certificate?.split('\n').forEach(find);
  return refs;
}

interface Names {
  readonly full: string;
  readonly emptied: string;
}
type Line = (names: Names) => string;

const ref = fc.constantFrom('refs/heads/git-annex', 'refs/heads/x', 'refs/heads/synced/git-annex');
const whole: fc.Arbitrary<Line> = fc.oneof(
  ref.map(
    (name): Line =>
      (names) =>
        `${names.full} ${names.emptied} ${name}`,
  ),
  fc
    .constantFrom(
      'push-cert',
      'push-cert-end\n',
      'push-cert-end',
      'certificate version 0.1\n',
      '\n',
    )
    .map(
      (text): Line =>
        () =>
          text,
    ),
  fc.constant<Line>((names) => `shallow ${names.full}`),
  fc.constant<Line>((names) => `${names.full} ${names.emptied} refs/heads/git-`),
  fc.constant<Line>(() => 'annex\n'),
);
/** Packets, most of them spoilt in some way in which programs may read them differently. */
const packet = fc
  .record({
    whole,
    put: fc.constantFrom('', '', '\0', '\0 report-status', '\n', '\n\0x', ' ', '\0report-status\n'),
    at: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    isLarge: fc.boolean(),
    isUpper: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    after: fc.oneof(
      { weight: 12, arbitrary: fc.constant('') },
      fc.constantFrom('0001', '0002', '0004'),
    ),
  })
  .map((one) => (names: Names): string => {
    const text = one.whole(names);
    const at = Math.floor(text.length * one.at);
    const spoilt = text.slice(0, at) + one.put + text.slice(at);
    return pkt(one.isUpper ? spoilt.toUpperCase() : spoilt, one.isLarge) + one.after;
  });
const list = fc.array(packet, { minLength: 1, maxLength: 6 });

const textOf = (lines: readonly ((names: Names) => string)[]): string =>
  `${lines.map((line) => line({ full, emptied })).join('')}0000`;

test('however packets are spoilt, git finds no command for the branch in what it gets', () => {
  let [taken, found] = [0, 0];
  check(
    fc.property(list, (lines) => {
      const sent = textOf(lines);
      const { text, isTaken } = given(sent);
      expect(refsForGit(text).filter(isAnnexRef)).toEqual([]);
      if (isTaken) taken += 1;
      if (refsForGit(sent).some(isAnnexRef)) found += 1;
    }),
    2000,
  );
  // Neither by refusing everything, nor by not being tried.
  expect(taken).toBeGreaterThan(50);
  expect(found).toBeGreaterThan(300);
});

/** What git itself makes of what it gets, as the gateway runs it. */
function received(text: string): string {
  const hidden = ['refs/ballast', `!refs/ballast/pushed/${pushes}`];
  const settings = hidden.flatMap((pattern) => ['-c', `receive.hideRefs=${pattern}`]);
  const words = ['-C', directory, ...settings, 'receive-pack', '--stateless-rpc', '.'];
  const input = Buffer.concat([Buffer.from(text, 'latin1'), pack]);
  const { stdout, stderr } = spawnSync('git', words, { input, env });
  return Buffer.concat([stdout, stderr]).toString('latin1');
}

const certified = (lines: readonly string[]): string =>
  `${pkt('push-cert\0report-status\n')}${lines.map((line) => pkt(line)).join('')}`;
const forAnnex: Line = (names) => `${names.full} ${names.emptied} refs/heads/git-annex`;

test.each<[string, Line]>([
  ['as it is', (names) => pkt(`${forAnnex(names)}\0report-status`)],
  [
    'behind the end of a certificate',
    (names) => certified(['push-cert-end\n\0x', forAnnex(names)]),
  ],
  [
    'in two parts of a certificate',
    ({ full: from, emptied: to }) =>
      certified([
        'version 0.1\n\n',
        `${from} ${to} refs/heads/git-\0zz`,
        'annex\n',
        'push-cert-end\n',
      ]),
  ],
  [
    'with a NUL in a later one',
    (names) => pkt(`${forAnnex(names)}x\0`) + pkt(`${forAnnex(names)}\0x`),
  ],
  [
    'in large letters',
    (names) => pkt(`${forAnnex(names).slice(0, 82).toUpperCase()}refs/heads/git-annex\n`, true),
  ],
])('the real receive-pack leaves the branch where it is: a command %s', (_what, line) => {
  const sent = `${line({ full, emptied })}0000`;
  const { text } = given(sent);
  const said = received(text);
  expect(git(['rev-parse', 'git-annex']), said).toBe(full);
  // What was sent would have moved it.
  received(sent);
  expect(git(['rev-parse', 'git-annex'])).toBe(emptied);
  git(['update-ref', 'refs/heads/git-annex', full]);
});

test('the real receive-pack leaves the branch where it is, whatever the packets', () => {
  check(
    fc.property(list, (lines) => {
      received(given(textOf(lines)).text);
      expect(git(['rev-parse', 'git-annex'])).toBe(full);
    }),
    12,
  );
});
