import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineAccess } from '../../../src/gateway/index.ts';
import { newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';
import { contentOf, play, talk, type Content } from './talk.ts';

let demo: ServedDemo;
const present = contentOf('hello\n');

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  await played(
    `C: VERSION 4
     S: VERSION 4
     C: PUT  X
     S: PUT-FROM 0
     C: DATA 6
     C~ 0 6
     C: VALID
     S: SUCCESS
     C.
     S.`,
    { X: present },
  );
});

afterAll(() => demo.close());

let contents = 0;

/** How a script went all of whose steps came true. */
const asWritten = 'as written';

/**
 * Plays a script after the greeting; each has an X of its own. Fails at a step that does not come
 * true.
 */
async function played(
  script: string,
  options: { readonly access?: LineAccess; readonly X?: Content } = {},
): Promise<typeof asWritten> {
  contents += 1;
  const X = options.X ?? contentOf(`${contents} `.padEnd(20, 'x'));
  const session = talk(demo.gateway, options);
  expect(await session.line()).toBe(`AUTH-SUCCESS ${demo.uuids.gateway}`);
  try {
    await play(session, script, { K: present, A: contentOf('absent'), X });
  } finally {
    session.stop();
    await session.end;
  }
  return asWritten;
}

/** A script in which each version is no version. */
function unknown(...versions: readonly string[]): string {
  return versions.map((version) => `C: VERSION ${version}\nS: ERROR unknown command`).join('\n');
}

const greeted = 'C: VERSION 4\nS: VERSION 4\n';

describe('a line session agrees on a version', () => {
  it.each([
    ['that is the lower one', 'C: VERSION 2\nS: VERSION 2'],
    ['that is ours when the peer is newer', 'C: VERSION 9\nS: VERSION 4'],
    ['again and downwards', 'C: VERSION 4\nS: VERSION 4\nC: VERSION 1\nS: VERSION 1'],
    ['from a number with words behind it', 'C: VERSION 2 3\nS: VERSION 2'],
    [
      'below 0, which goes on as 0',
      'C: VERSION -1\nS: VERSION -1\nC: GET 0  A\nS: DATA 0\nC: FAILURE\nC: CHECKPRESENT K\nS: SUCCESS',
    ],
    ['from a number of any size', `C: VERSION ${'9'.repeat(400)}\nS: VERSION 4`],
    ['in base 16', 'C: VERSION 0x2\nS: VERSION 2'],
    ['but not on a word', 'C: VERSION abc\nS: ERROR unknown command'],
    ['nor on a fraction, a sign or nothing', unknown('1.5', '+2', '--1', '1e1', '', '\u{ff13}')],
    ['and has 0 without one', 'C: GET 0  K\nS: DATA 6\nS= "hello\\n"\nC: SUCCESS\nC.\nS.'],
  ])('%s', async (_name, script) => {
    expect(await played(script)).toBe(asWritten);
  });
});

describe('a line session answers what is no request', () => {
  it.each([
    ['an unknown word', 'C: FROBNICATE\nS: ERROR unknown command'],
    ['a word in lower case', 'C: checkpresent K\nS: ERROR unknown command'],
    ['an empty line', 'C: \nS: ERROR unknown command'],
    ['a missing key', 'C: CHECKPRESENT\nS: ERROR unknown command'],
    ['a bad key', 'C: CHECKPRESENT nokey\nS: ERROR unknown command'],
    ['a bad number', 'C: GET x  K\nS: ERROR unknown command'],
    ['words after one that takes none', 'C: GETTIMESTAMP now\nS: ERROR unknown command'],
    ['an absolute associated file', 'C: PUT /etc/passwd K\nS: ERROR unknown command'],
    ['an unknown service of git', 'C: CONNECT git-shell\nS: ERROR unknown command'],
    ['AUTH, as the peer is known already', 'C: AUTH x y\nS: ERROR unexpected command'],
    ['SUCCESS', 'C: SUCCESS\nS: ERROR unexpected command'],
    ['UNLOCKCONTENT without a lock', 'C: UNLOCKCONTENT\nS: ERROR unexpected command'],
    [
      'a stray DATA, whose bytes are then a line',
      'C: DATA 3\nS: ERROR unexpected command\nC: abc\nS: ERROR unknown command',
    ],
    ['ERROR, by ending', 'C: ERROR oh\nS.'],
    ['the end of the connection, by ending', 'C.\nS.'],
    ['the end within a line, by ending', 'C# CHECKPR\nC.\nS.'],
    ['a line without an end, by giving up', `C# ${'x'.repeat(40_000)}\nS!`],
    ['BYPASS with nothing', 'C: BYPASS\nC: CHECKPRESENT K\nS: SUCCESS'],
    ['BYPASS with gateways', `C: BYPASS ${'a'.repeat(8)}\nC: CHECKPRESENT K\nS: SUCCESS`],
  ])('%s', async (_name, script) => {
    expect(await played(`${greeted}${script}`)).toBe(asWritten);
  });
});

describe('a line session answers CHECKPRESENT, GET and GETTIMESTAMP', () => {
  it.each([
    ['presence', 'C: CHECKPRESENT K\nS: SUCCESS'],
    ['absence', 'C: CHECKPRESENT A\nS: FAILURE'],
    ['another key, which ends in a blank', 'C: CHECKPRESENT  K\nS: FAILURE'],
    ['a line that ends in CR LF', 'C: CHECKPRESENT K\r\nS: SUCCESS'],
    ['a content', 'C: GET 0  K\nS: DATA 6\nS= "hello\\n"\nS: VALID\nC: SUCCESS'],
    [
      'a content from a byte on',
      'C: GET 2 foo%bar K\nS: DATA 4\nS= "llo\\n"\nS: VALID\nC: FAILURE',
    ],
    ['a content from its end on', 'C: GET 6  K\nS: DATA 0\nS: VALID\nC: SUCCESS'],
    ['a content from beyond its end', 'C: GET 99  K\nS: DATA 0\nS: VALID\nC: SUCCESS'],
    ['an absent content', 'C: GET 0  A\nS: DATA 0\nS: INVALID\nC: FAILURE'],
    ['SUCCESS-PLUS as a verdict', 'C: GET 6  K\nS: DATA 0\nS: VALID\nC: SUCCESS-PLUS'],
    ['ERROR as a verdict', 'C: GET 6  K\nS: DATA 0\nS: VALID\nC: ERROR oh'],
    [
      'what is no verdict, which is swallowed',
      `C: GET 6  K\nS: DATA 0\nS: VALID\nC: CHECKPRESENT A
       S: ERROR expected SUCCESS or SUCCESS-PLUS or FAILURE or FAILURE-PLUS`,
    ],
    [
      'likewise in version 1',
      `C: VERSION 1\nS: VERSION 1\nC: GET 6  K\nS: DATA 0\nS: VALID\nC: CHECKPRESENT A
       S: ERROR expected SUCCESS or FAILURE`,
    ],
    [
      'an absent content in version 0',
      'C: VERSION 0\nS: VERSION 0\nC: GET 0  A\nS: DATA 0\nC: FAILURE',
    ],
  ])('with %s', async (_name, script) => {
    expect(await played(`${greeted}${script}\nC: CHECKPRESENT K\nS: SUCCESS\nC.\nS.`)).toBe(
      asWritten,
    );
  });

  it('with a time of its clock', async () => {
    const session = talk(demo.gateway);
    session.say('GETTIMESTAMP\n');
    await session.line();

    expect(await session.line()).toMatch(/^TIMESTAMP \d+$/);
    session.hangUp();
    expect(await session.end).toEqual({ kind: 'ended' });
  });
});

const put = 'C: PUT foo%bar X\nS: PUT-FROM 0\n';
const again = (offset: number): string => `C: PUT  X\nS: PUT-FROM ${offset}\nC: ERROR enough\n`;
const keeps8 = `${put}C: DATA 20\nC~ 0 8\nC.\nS: FAILURE\nS!`;

describe('a line session takes a content', () => {
  it.each([
    [
      'that is right',
      `${put}C: DATA 20\nC~ 0 20\nC: VALID\nS: SUCCESS\nC: CHECKPRESENT X\nS: SUCCESS`,
    ],
    ['but not one that it has', 'C: PUT  K\nS: ALREADY-HAVE'],
    ['in version 0', `C: VERSION 0\nS: VERSION 0\n${put}C: DATA 20\nC~ 0 20\nS: SUCCESS`],
    ['that is right though INVALID', `${put}C: DATA 20\nC~ 0 20\nC: INVALID\nS: SUCCESS`],
    [
      'and forgets it when it is wrong',
      `${put}C: DATA 20\nC# ${'y'.repeat(20)}\nC: VALID\nS: FAILURE\n${again(0)}`,
    ],
    [
      'and forgets it when it is wrong and INVALID',
      `${put}C: DATA 20\nC# ${'y'.repeat(20)}\nC: INVALID\nS: FAILURE\n${again(0)}`,
    ],
    [
      'and forgets less than the rest',
      `${put}C: DATA 8\nC~ 0 8\nC: INVALID\nS: FAILURE\n${again(0)}`,
    ],
    [
      'and refuses more than the rest',
      `${put}C: DATA 21\nC~ 0 20\nC# z\nC: VALID\nS: FAILURE\n${again(0)}`,
    ],
    ['only when DATA announces it', `${put}C: CHECKPRESENT K\nS: ERROR expected DATA`],
    ['unless the client gives up', `${put}C: ERROR no`],
    [
      'also when neither VALID nor INVALID follows',
      `${put}C: DATA 20\nC~ 0 20\nC: FROBNICATE\nS: ERROR expected VALID or INVALID\nS: SUCCESS`,
    ],
    ['that came another way', `${put}C: DATA-PRESENT\nS: FAILURE`],
    [
      'and knows no other way in version 3',
      `C: VERSION 3\nS: VERSION 3\n${put}C: DATA-PRESENT\nS: ERROR expected DATA`,
    ],
  ])('%s', async (_name, script) => {
    expect(await played(`${greeted}${script}\nC: CHECKPRESENT K\nS: SUCCESS\nC.\nS.`)).toBe(
      asWritten,
    );
  });

  it('and goes on with one whose connection was lost, also after a question for the offset', async () => {
    const X = contentOf('abcdefghijklmnopqrst');
    expect(await played(`${greeted}${keeps8}`, { X })).toBe(asWritten);
    expect(
      await played(
        `${greeted}C: PUT  X\nS: PUT-FROM 8\nC: DATA 0\nC: INVALID\nS: FAILURE
       C: PUT  X\nS: PUT-FROM 8\nC: DATA 12\nC~ 8 20\nC: VALID\nS: SUCCESS\nC: CHECKPRESENT X\nS: SUCCESS`,
        { X },
      ),
    ).toBe(asWritten);
  });

  it('and keeps what came of it when it is told to end', async () => {
    const X = contentOf('abcdefghijklmnopqrsu');
    const session = talk(demo.gateway);
    await session.line();
    session.say(`PUT  ${X.key}\n`);
    await session.line();
    session.say(`DATA 20\n${X.text.slice(0, 8)}`);
    const store = await demo.gateway.store(demo.gateway.uuid);
    if (store === undefined) throw new Error('no store');
    await expect
      .poll(async () => {
        const other = talk(demo.gateway);
        await other.line();
        other.say(`PUT  ${X.key}\n`);
        const line = await other.line();
        other.hangUp();
        await other.end;
        return line;
      })
      .toBe('PUT-FROM 8');
    session.stop();

    expect((await session.end).kind).toBe('broken');
    expect(await played(`C: PUT  X\nS: PUT-FROM 8\nC: ERROR enough`, { X })).toBe(asWritten);
  });
});

describe('a line session removes', () => {
  it.each([
    [
      'what is there',
      `${put}C: DATA 20\nC~ 0 20\nC: VALID\nS: SUCCESS\nC: REMOVE X\nS: SUCCESS\nC: CHECKPRESENT X\nS: FAILURE`,
    ],
    ['what was never there', 'C: REMOVE A\nS: SUCCESS'],
    ['nothing after its time', 'C: REMOVE-BEFORE 1 K\nS: FAILURE'],
    ['what is absent after its time too', 'C: REMOVE-BEFORE 1 A\nS: SUCCESS'],
  ])('%s', async (_name, script) => {
    expect(await played(`${greeted}${script}\nC: CHECKPRESENT K\nS: SUCCESS\nC.\nS.`)).toBe(
      asWritten,
    );
  });
});

describe('a line session locks', () => {
  it.each([
    ['nothing that is absent', 'C: LOCKCONTENT A\nS: FAILURE\nC: CHECKPRESENT A\nS: FAILURE'],
    [
      'until it is unlocked',
      'C: LOCKCONTENT K\nS: SUCCESS\nC: UNLOCKCONTENT\nC: CHECKPRESENT K\nS: SUCCESS',
    ],
    [
      'until something else is said, which is swallowed',
      'C: LOCKCONTENT K\nS: SUCCESS\nC: CHECKPRESENT A\nS: ERROR expected UNLOCKCONTENT\nC: CHECKPRESENT K\nS: SUCCESS',
    ],
    [
      'until UNLOCKCONTENT with a key, which is an error',
      'C: LOCKCONTENT K\nS: SUCCESS\nC: UNLOCKCONTENT K\nS: ERROR expected UNLOCKCONTENT',
    ],
    [
      'until ERROR too',
      'C: LOCKCONTENT K\nS: SUCCESS\nC: ERROR oh\nS: ERROR expected UNLOCKCONTENT',
    ],
  ])('%s', async (_name, script) => {
    expect(await played(`${greeted}${script}\nC.\nS.`)).toBe(asWritten);
  });

  it('so that nobody removes it, for ten minutes more when the connection is lost', async () => {
    const X = contentOf('locked content here.');
    expect(await played(`${greeted}${put}C: DATA 20\nC~ 0 20\nC: VALID\nS: SUCCESS`, { X })).toBe(
      asWritten,
    );
    const holder = talk(demo.gateway);
    await holder.line();
    holder.say(`LOCKCONTENT ${X.key}\n`);
    expect(await holder.line()).toBe('SUCCESS');

    expect(await played('C: REMOVE X\nS: FAILURE', { X })).toBe(asWritten);
    holder.hangUp();
    expect(await holder.end).toEqual({ kind: 'ended' });
    expect(await played('C: REMOVE X\nS: FAILURE\nC: CHECKPRESENT X\nS: SUCCESS', { X })).toBe(
      asWritten,
    );
  });

  it('no longer than the client wants', async () => {
    const X = contentOf('unlocked content her');
    expect(
      await played(
        `${greeted}${put}C: DATA 20\nC~ 0 20\nC: VALID\nS: SUCCESS
       C: LOCKCONTENT X\nS: SUCCESS\nC: UNLOCKCONTENT\nC: REMOVE X\nS: SUCCESS`,
        { X },
      ),
    ).toBe(asWritten);
  });
});

describe('a line session that may not do all', () => {
  const readOnly = 'S: ERROR this repository is read-only; write access denied\n';
  const appendOnly = 'S: ERROR this repository is append-only; removal denied\n';
  const reads = `C: LOCKCONTENT K\nS: SUCCESS\nC: UNLOCKCONTENT\nC: CHECKPRESENT K\nS: SUCCESS
    C: GET 6  K\nS: DATA 0\nS: VALID\nC: SUCCESS\nC.\nS.`;

  it('reads and locks when it is read-only, and changes nothing', async () => {
    expect(
      await played(
        `${greeted}C: PUT  X\n${readOnly}C: REMOVE K\n${readOnly}C: REMOVE-BEFORE 9 K\n${readOnly}${reads}`,
        { access: 'readOnly' },
      ),
    ).toBe(asWritten);
  });

  it('stores too when it is append-only, and removes nothing', async () => {
    expect(
      await played(
        `${greeted}${put}C: DATA 20\nC~ 0 20\nC: VALID\nS: SUCCESS
       C: REMOVE K\n${appendOnly}C: REMOVE-BEFORE 9 K\n${appendOnly}${reads}`,
        { access: 'appendOnly' },
      ),
    ).toBe(asWritten);
  });

  it.each(['readOnly', 'appendOnly'] as const)('takes no push when it is %s', async (access) => {
    expect(await played(`${greeted}C: CONNECT git-receive-pack\n${readOnly}S.`, { access })).toBe(
      asWritten,
    );
  });
});
