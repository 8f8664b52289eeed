import type { ClientRequest } from 'node:http';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import {
  answerOf,
  beginPut,
  get,
  newContent,
  pathOf,
  postKey,
  put,
  until,
} from '../annex-requests.ts';
import { git } from '../../support/git-annex.ts';
import { serveProgram } from '../../support/program-server.ts';
import { talk, type Talk } from '../line/talk.ts';
import {
  newDemo,
  repositoryOf,
  serveDemo,
  type DemoName,
  type ServedDemo,
} from '../served-demo.ts';

const sizeBytes = 300_000;
const firstBytes = 100_000;
const limits = { uploadFloorWindowMs: 150, uploadFloorBytesPerS: 1000 };

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo(await newDemo(), { limits });
});
afterAll(() => demo.close());

async function offset(server: DemoName, key: Key): Promise<number> {
  const answer = await postKey(demo, server, 'putoffset', key);
  return typeof answer === 'object' && answer !== null && 'offset' in answer
    ? Number(answer.offset)
    : -1;
}

const hasArrived = (server: DemoName, key: Key, bytes: number): Promise<void> =>
  until(async () => (await offset(server, key)) === bytes, `${bytes} bytes`);

async function answer(sent: ClientRequest): Promise<unknown> {
  const json: unknown = JSON.parse((await answerOf(sent)).body.toString());
  return json;
}

/** A client that has sent a part and then nothing. */
async function stuck(server: DemoName): Promise<{
  readonly sent: ClientRequest;
  readonly content: Buffer;
  readonly key: Key;
}> {
  const { content, key } = newContent(sizeBytes);
  const sent = beginPut(demo, server, key, { length: sizeBytes });
  sent.write(content.subarray(0, firstBytes));
  await hasArrived(server, key, firstBytes);
  return { sent, content, key };
}

describe.for(['cluster', 'node1', 'gateway'] as const)('a client that drips into %s', (server) => {
  it('is overtaken by another, and hears that the content is stored', async () => {
    const { sent, content, key } = await stuck(server);
    const drip = setInterval(() => sent.write('x'), 50);
    const first = answer(sent);
    try {
      const rest = { offset: firstBytes };
      expect(await put(demo, server, key, content.subarray(firstBytes), rest)).toHaveProperty(
        'stored',
        true,
      );
      expect((await get(demo, server, key)).body.equals(content)).toBe(true);
      expect(await first).toHaveProperty('stored', true);
    } finally {
      clearInterval(drip);
      sent.destroy();
    }
  });

  it('is overtaken by one that begins anew', async () => {
    const { sent, content, key } = await stuck(server);
    const first = answer(sent);
    expect(await put(demo, server, key, content)).toHaveProperty('stored', true);
    expect((await get(demo, server, key)).body.equals(content)).toBe(true);
    expect(await first).toHaveProperty('stored', true);
    sent.destroy();
  });

  it('goes on where it was when the other breaks off, and nothing is lost', async () => {
    const { sent, content, key } = await stuck(server);
    const first = answer(sent);
    const other = beginPut(demo, server, key, { length: sizeBytes - 1000, offset: 1000 });
    other.on('error', () => undefined);
    other.write(content.subarray(1000, 150_000));
    await hasArrived(server, key, 150_000);
    other.destroy();
    await until(async () => (await offset(server, key)) >= firstBytes, 'what was kept');
    sent.end(content.subarray(firstBytes));
    expect(await first).toHaveProperty('stored', true);
    expect((await get(demo, server, key)).body.equals(content)).toBe(true);
  });

  it('goes on, too, when the other one sends nothing either', async () => {
    const { sent, content, key } = await stuck(server);
    const first = answer(sent);
    const other = beginPut(demo, server, key, { length: sizeBytes });
    other.on('error', () => undefined);
    other.flushHeaders();
    sent.end(content.subarray(firstBytes));
    expect(await first).toHaveProperty('stored', true);
    expect((await get(demo, server, key)).body.equals(content)).toBe(true);
    other.destroy();
  });
});

describe('a client that drips into a peer', () => {
  it('goes on where it was, since another one would find nothing to go on from', async () => {
    const directory = await newDemo();
    const node = repositoryOf(directory, 'node3');
    const peer = await serveProgram(node, '--wideopen');
    const url = `annex+http://127.0.0.1:${peer.port}/git-annex/`;
    git(repositoryOf(directory, 'gateway'), 'config', 'remote.node3.annexurl', url);
    const served = await serveDemo(directory, { limits });
    try {
      const { content, key } = newContent(sizeBytes);
      const sent = beginPut(served, 'node3', key, { length: sizeBytes });
      sent.write(content.subarray(0, firstBytes));
      const partial = join(node, 'annex', 'tmp', serializeKey(key));
      await until(() => existsSync(partial) && statSync(partial).size > 0, 'some of it');
      const first = answer(sent);
      const other = beginPut(served, 'node3', key, { length: sizeBytes });
      other.on('error', () => undefined);
      other.write(content.subarray(0, 150_000));
      await delay(6 * limits.uploadFloorWindowMs);
      other.destroy();
      sent.end(content.subarray(firstBytes));
      expect(await first).toHaveProperty('stored', true);
      expect((await get(served, 'node3', key)).body.equals(content)).toBe(true);
    } finally {
      await served.close();
      peer.kill();
    }
  });
});

describe('uploads that give way', () => {
  it('do so across a cluster and its node', async () => {
    const { sent, content, key } = await stuck('cluster');
    const first = answer(sent);
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    expect(await put(demo, 'node2', key, content)).toHaveProperty('stored', true);
    expect(await put(demo, 'node3', key, content)).toHaveProperty('stored', true);
    expect(await first).toHaveProperty('stored', true);
    sent.destroy();
  });

  it('leave a connection that serves further requests, once all that was announced is read', async () => {
    const { content, key } = newContent(sizeBytes);
    const asked = { clientuuid: 'me', key: serializeKey(key) };
    const path = pathOf(demo, 'cluster', 'put', { ...asked, offset: 0 });
    const lengths = `Content-Length: ${sizeBytes}\r\nX-git-annex-data-length: ${sizeBytes}`;
    const socket = connect(demo.port, '127.0.0.1');
    let heard = '';
    socket.setEncoding('latin1').on('data', (text) => (heard += String(text)));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lengths}\r\n\r\n`);
    socket.write(content.subarray(0, firstBytes));
    await hasArrived('cluster', key, firstBytes);
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    await until(() => heard.includes('"stored":true'), 'the early answer');
    socket.write(content.subarray(firstBytes));
    const next = pathOf(demo, 'cluster', 'checkpresent', asked);
    socket.write(`POST ${next} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
    await until(() => heard.includes('"present":true'), 'the next answer');
    socket.destroy();
  });

  it('do so in sessions of lines, and hear it at their end', async () => {
    const { content, key } = newContent(sizeBytes);
    const first = await begun(key, content);
    first.say(content.subarray(0, firstBytes));
    await hasArrived('cluster', key, firstBytes);
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    // Nothing shows that the first one is answered, but for what it has not sent yet.
    for (let round = 0; round < 20; round += 1) {
      expect(await postKey(demo, 'cluster', 'checkpresent', key)).toEqual({ present: true });
    }
    first.say(content.subarray(firstBytes));
    first.say('VALID\n');
    expect(await first.line()).toMatch(/^SUCCESS/);
    first.say(`CHECKPRESENT ${serializeKey(key)}\n`);
    expect(await first.line()).toBe('SUCCESS');
    first.hangUp();
    await first.end;
  });

  it('do so in sessions of lines for each other', async () => {
    const { content, key } = newContent(sizeBytes);
    const first = await begun(key, content);
    first.say(content.subarray(0, firstBytes));
    await hasArrived('cluster', key, firstBytes);
    const second = await begun(key, content.subarray(firstBytes), firstBytes);
    second.say(content.subarray(firstBytes));
    second.say('VALID\n');
    expect(await second.line()).toMatch(/^SUCCESS/);
    first.say(content.subarray(firstBytes));
    first.say('VALID\n');
    expect(await first.line()).toMatch(/^SUCCESS/);
    for (const session of [first, second]) session.hangUp();
    await Promise.all([first.end, second.end]);
  });
});

/** A session of lines that is about to send a content. */
async function begun(key: Key, rest: Buffer, from = 0): Promise<Talk> {
  const session = talk(demo.gateway, { server: demo.uuids.cluster });
  expect(await session.line()).toMatch(/^AUTH/);
  session.say(`VERSION 4\nPUT file ${serializeKey(key)}\n`);
  expect(await session.line()).toMatch(/^VERSION/);
  expect(await session.line()).toBe(`PUT-FROM ${from}`);
  session.say(`DATA ${rest.length}\n`);
  return session;
}
