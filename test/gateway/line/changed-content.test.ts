import { chmodSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';
import { contentOf, talk, type Talk } from './talk.ts';

let demo: ServedDemo;

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
});

afterAll(() => demo.close());

/** More than is read ahead. */
const lengthBytes = 3_000_000;

/** A session that is in the middle of sending a content when that changes. */
async function amidChange(version: number, text: string, key: string): Promise<Talk> {
  const session = talk(demo.gateway);
  await session.line();
  session.say(`VERSION ${version}\nPUT  ${key}\n`);
  expect(await session.line()).toBe(`VERSION ${version}`);
  expect(await session.line()).toBe('PUT-FROM 0');
  session.say(`DATA ${text.length}\n${text}${version === 0 ? '' : 'VALID\n'}`);
  expect(await session.line()).toBe('SUCCESS');
  session.say(`GET 0  ${key}\n`);
  expect(await session.line()).toBe(`DATA ${text.length}`);
  const [path = ''] = globSync(`annex/objects/*/*/${key}/${key}`, {
    cwd: repositoryOf(demo.directory, 'gateway'),
  });
  const file = join(repositoryOf(demo.directory, 'gateway'), path);
  chmodSync(file, 0o644);
  writeFileSync(file, 'another content');
  return session;
}

describe('a content that changes while a line session sends it', () => {
  it('is INVALID, and the session goes on', async () => {
    const { text, key } = contentOf('x'.repeat(lengthBytes));
    const session = await amidChange(4, text, key);

    const sent = await session.bytes(lengthBytes);
    expect(sent.length).toBe(lengthBytes);
    expect(sent).not.toBe(text);
    expect(await session.line()).toBe('INVALID');
    session.say(`FAILURE\nCHECKPRESENT ${contentOf('absent').key}\n`);
    expect(await session.line()).toBe('FAILURE');
    session.hangUp();
    expect(await session.end).toEqual({ kind: 'ended' });
  });

  it.each([
    ['in version 0, which has no word for it', 0, contentOf('y'.repeat(lengthBytes)).key],
    ['without a hash, as the client could not tell', 4, `WORM-s${lengthBytes}-m1--f`],
  ])('breaks the session %s', async (_, version, key) => {
    const session = await amidChange(version, 'y'.repeat(lengthBytes), key);

    expect((await session.bytes(lengthBytes)).length).toBeLessThan(lengthBytes);

    expect(await session.end).toMatchObject({
      kind: 'broken',
      text: expect.stringMatching(
        /^the content could not be read to its end: .*changed/,
      ) as unknown,
    });
  });
});
