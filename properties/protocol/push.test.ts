import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAnnexRef, PushAnswer, PushRequest } from '../../src/protocol/index.ts';
import { commandsBytesMax } from '../../src/protocol/push/push-request.ts';
import { check } from '../settings.ts';

const branch = 'refs/heads/git-annex';
const zeros = '0'.repeat(40);
const sha = fc.constantFrom('1'.repeat(40), 'abcdef0123'.repeat(4));
const ref = fc.oneof(
  fc.constantFrom(
    branch,
    'refs/heads/synced/git-annex',
    'refs/remotes/x/git-annex',
    'refs/heads/GIT-ANNEX',
    'refs/heads/main',
    'refs/heads/git-annex/x',
    'refs/heads/my-git-annex',
    'git-annex',
    'refs/own/git-annex',
  ),
  fc.stringMatching(/^refs\/heads\/[a-z]{1,8}$/),
);
const command = fc.record({
  from: fc.oneof(sha, fc.constant(zeros)),
  to: fc.oneof({ weight: 4, arbitrary: sha }, fc.constant(zeros)),
  ref,
});
const push = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 8 }),
  isBanded: fc.boolean(),
  isLined: fc.boolean(),
  pack: fc.uint8Array({ maxLength: 200 }),
  cuts: fc.array(fc.nat(400), { maxLength: 12 }),
});

function pkt(text: string): string {
  return `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

function textOf(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString('latin1');
}

/** Bytes in the pieces that some cuts make of them. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

function requestFor(): PushRequest {
  return new PushRequest({
    branch,
    isOwn: (name) => name.startsWith('refs/own/'),
    place: (index) => `refs/q/${index}`,
    deletion: 'never',
  });
}

interface Case {
  readonly commands: readonly {
    readonly from: string;
    readonly to: string;
    readonly ref: string;
  }[];
  readonly isBanded: boolean;
  readonly isLined: boolean;
  readonly pack: Uint8Array;
  readonly cuts: readonly number[];
}

function sentBy({ commands, isBanded, isLined, pack }: Case): Uint8Array {
  const capabilities = `\0 report-status${isBanded ? ' side-band-64k' : ''} agent=git/2`;
  const end = isLined ? '\n' : '';
  const lines = commands.map(({ from, to, ref: name }, index) =>
    pkt(`${from} ${to} ${name}${index === 0 ? capabilities : end}`),
  );
  return bytesOf(`${lines.join('')}0000${Buffer.from(pack).toString('latin1')}`);
}

/** Whether a command is given to git under another name. */
function isPlaced({ to, ref: name }: { readonly to: string; readonly ref: string }): boolean {
  if (!isAnnexRef(name) || name.startsWith('refs/own/')) return false;
  return to !== zeros || name.toLowerCase() === branch;
}

/** What git is to get, in the simplest terms. */
function expectedOf(one: Case): { text: string; placed: Map<string, string> } {
  const placed = new Map<string, string>();
  const commands = one.commands.map(({ from, to, ref: name }) => {
    const isGone = to === zeros;
    if (!isPlaced({ to, ref: name })) return { from, to, ref: name };
    const index = placed.size;
    const place = isGone ? `refs/ballast..refused/${index}` : `refs/q/${index}`;
    placed.set(place, name);
    return { from: isGone ? from : zeros, to, ref: place };
  });
  return { text: textOf([sentBy({ ...one, commands, isLined: false })]), placed };
}

test('git gets what was sent, with no commit for a ref named git-annex', () => {
  let replaced = 0;
  check(
    fc.property(push, (one) => {
      const request = requestFor();
      const got = inPieces(sentBy(one), one.cuts).flatMap((piece) => request.take(piece));
      expect(textOf(got)).toBe(expectedOf(one).text);
      expect(request.isOver).toBe(true);
      replaced += request.replaced.length;
    }),
  );
  expect(replaced).toBeGreaterThan(100);
});

/** A report of git's, on a side band or not, with words of a hook between. */
function reportOf(
  names: readonly string[],
  isBanded: boolean,
  refused: string | undefined,
): string {
  const lines = names.map((name) =>
    pkt(name === refused || name.includes('..') ? `ng ${name} no\n` : `ok ${name}\n`),
  );
  const report = `${pkt('unpack ok\n')}${lines.join('')}0000`;
  if (!isBanded) return report;
  return `${pkt('\u0002a hook')}${pkt(`\u0001${report}`)}0005\u0001${pkt('\u0002more')}0000`;
}

/** What the client hears on each band. */
function heardOn(text: string, isBanded: boolean): { report: string; messages: string } {
  if (!isBanded) return { report: text, messages: '' };
  const heard = { report: '', messages: '' };
  for (let at = 0; at < text.length; ) {
    const length = Math.max(4, Number.parseInt(text.slice(at, at + 4), 16));
    const payload = text.slice(at + 4, at + length);
    if (payload.startsWith('\u0001')) heard.report += payload.slice(1);
    if (payload.startsWith('\u0002')) heard.messages += payload.slice(1);
    at += length;
  }
  return heard;
}

test('the client gets its own names back, what was said, and each verdict', () => {
  check(
    fc.property(push, fc.boolean(), fc.nat(7), (one, advertises, which) => {
      const request = requestFor();
      request.take(sentBy(one));
      const { placed } = expectedOf(one);
      const names = expectedOf(one)
        .text.split('0000', 1)
        .flatMap(() => one.commands.map(({ ref: name }) => name));
      const givenNames = [...names];
      let index = 0;
      for (const [at, { to, ref: name }] of one.commands.entries()) {
        if (!isPlaced({ to, ref: name })) continue;
        givenNames[at] = [...placed.keys()][index] ?? '';
        index += 1;
      }
      const taken = [...placed.keys()].filter((name) => !name.includes('..'));
      const merged = taken.slice(1);
      const answer = new PushAnswer(request, { advertises });
      const told = `${pkt('refs and such\0caps')}0000`;
      const said = reportOf(givenNames, one.isBanded, one.commands[which % 8]?.ref);
      const all = bytesOf(`${advertises ? told : ''}${said}`);

      const pieces = inPieces(all, one.cuts).flatMap((piece) => answer.take(piece));
      const verdicts = merged.map((name) => ({ placed: name, refusal: undefined }));
      const text = textOf([...pieces, ...answer.finish(verdicts, ['words'])]);

      const rest = advertises ? text.slice(told.length) : text;
      expect(text.startsWith(advertises ? told : '')).toBe(true);
      const heard = heardOn(rest, one.isBanded);
      const judged = reportOf(givenNames, false, one.commands[which % 8]?.ref);
      let expected = judged;
      for (const [place, name] of placed) {
        const line = pkt(`ok ${place}\n`);
        const verdict = merged.includes(place)
          ? `ok ${name}\n`
          : `ng ${name} it was not merged; push it again\n`;
        expected = expected.replace(line, pkt(verdict));
        expected = expected.replace(pkt(`ng ${place} no\n`), pkt(`ng ${name} never\n`));
      }
      expect(heard.report).toBe(expected);
      const words = placed.size > 0 ? 'a hookmorewords\n' : heard.messages;
      expect(heard.messages).toBe(one.isBanded ? words : '');
    }),
  );
});

test.each([
  ['no packets', 'nonsense'],
  ['a length that none has', '0003'],
  ['nothing in a packet', '0004'],
  ['no flush at the end', `${pkt(`${zeros} ${'1'.repeat(40)} refs/x`)}0001`],
  ['another end', '0002'],
  ['a signed push', `${pkt('push-cert\0report-status')}0000`],
  [
    'capabilities later',
    `${pkt(`${zeros} ${zeros} refs/x`)}${pkt(`${zeros} ${zeros} refs/y\0 x`)}`,
  ],
  ['two line ends', pkt(`${zeros} ${zeros} refs/x\n\n`)],
  ['a blank in a name', pkt(`${zeros} ${zeros} refs/x y`)],
  ['two blanks', pkt(`${zeros}  ${zeros} refs/x`)],
  ['object names of two lengths', pkt(`${zeros} ${'0'.repeat(64)} refs/x`)],
  ['words behind a shallow commit', pkt(`shallow ${zeros}\0x`)],
  ['an error', pkt('ERR x')],
  [
    'too many',
    Array.from({ length: 65 }, (_, i) =>
      pkt(`${zeros} ${'1'.repeat(40)} refs/${i}/git-annex`),
    ).join(''),
  ],
])('a list with %s is refused with words', (_what, text) => {
  expect(() => requestFor().take(bytesOf(text))).toThrow(
    expect.objectContaining({ code: 'PUSH_REFUSED' }),
  );
});

test('a list is written anew in one form', () => {
  const request = requestFor();
  const [large, small] = ['AB'.repeat(20), 'ab'.repeat(20)];
  const asked = `${large} ${large} refs/x\0atomic\tside-band-64k=1 agent=a  evil side-band-64k\n`;
  const sent = `${pkt(`shallow ${large}\n`)}${pkt(asked)}${pkt(`${large} ${large} refs/y\n`)}0000`;
  const put = `${small} ${small} refs/x\0 atomic agent=a side-band-64k`;
  expect(textOf(request.take(bytesOf(sent)))).toBe(
    `${pkt(`shallow ${small}`)}${pkt(put)}${pkt(`${small} ${small} refs/y`)}0000`,
  );
  expect(request.isBanded).toBe(true);
});

test('a list has an end, whatever it is about, and keeps nothing of what it asks for', () => {
  const request = requestFor();
  const line = bytesOf(pkt(`${zeros} ${'1'.repeat(40)} refs/heads/${'x'.repeat(60_000)}`));
  const send = (): void => {
    for (let sent = 0; sent <= commandsBytesMax; sent += line.length) request.take(line);
  };
  expect(send).toThrow(/too many refs/);
});
