import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Gateway } from '../../../src/gateway/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { uuidOf } from '../../support/presence.ts';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';
import { contentOf, talk, type Content, type Talk } from './talk.ts';

let directory: string;
const opened: Gateway[] = [];
const demos: ServedDemo[] = [];
let contents = 0;

beforeAll(async () => {
  directory = await newDemo();
});

afterEach(async () => {
  for (const demo of demos.splice(0)) await demo.close();
  for (const gateway of opened.splice(0)) await gateway.close();
});

/** A content that no other test has. */
function newContent(): Content {
  contents += 1;
  return contentOf(`content ${contents} for nodes`.padEnd(20, '.'));
}

/** The gateway as a process for one client opens it. */
async function open(placementWaitMs = 30_000): Promise<Gateway> {
  const gateway = await Gateway.open(repositoryOf(directory, 'gateway'), {
    warn: () => undefined,
    placement: 'brief',
    limits: { placementWaitMs },
  });
  opened.push(gateway);
  return gateway;
}

/** As the gateway's git config has it. */
function clusterUuid(): Uuid {
  const config = readFileSync(join(repositoryOf(directory, 'gateway'), 'config'), 'utf8');
  return uuidOf(/cluster = (\S+)/.exec(config)?.[1] ?? '');
}

async function greeted(gateway: Gateway): Promise<Talk> {
  const server = clusterUuid();
  const session = talk(gateway, { server });
  expect(await session.line()).toBe(`AUTH-SUCCESS ${server}`);
  session.say('VERSION 4\n');
  expect(await session.line()).toBe('VERSION 4');
  return session;
}

async function put(session: Talk, { key, text }: Content): Promise<string | undefined> {
  session.say(`PUT file ${key}\n`);
  const answer = await session.line();
  if (answer !== 'PUT-FROM 0') return answer;
  session.say(`DATA ${text.length}\n${text}VALID\n`);
  return await session.line();
}

it('names the nodes that stored and removed for a cluster', async () => {
  const content = newContent();
  const session = await greeted(await open());

  expect(await put(session, content)).toMatch(/^SUCCESS-PLUS \S+ \S+$/);
  expect(await put(session, content)).toMatch(/^ALREADY-HAVE-PLUS \S+ \S+$/);
  session.say(`LOCKCONTENT ${content.key}\nGET 2  ${content.key}\n`);
  expect(await session.line()).toBe('FAILURE');
  expect(await session.line()).toBe(`DATA ${content.text.length - 2}`);
  expect(await session.bytes(content.text.length - 2)).toBe(content.text.slice(2));
  expect(await session.line()).toBe('VALID');
  session.say(`SUCCESS\nREMOVE ${content.key}\n`);
  expect(await session.line()).toMatch(/^SUCCESS-PLUS \S+ \S+ \S+$/);
  session.hangUp();
  expect(await session.end).toEqual({ kind: 'ended' });
});

it('names no nodes to a client of version 1', async () => {
  const content = newContent();
  const session = await greeted(await open());
  session.say('VERSION 1\n');
  await session.line();

  expect(await put(session, content)).toBe('SUCCESS');
  expect(await put(session, content)).toBe('ALREADY-HAVE');
});

it('refuses uploads to a cluster while a server places them, and answers everything else', async () => {
  const content = newContent();
  const demo = await serveDemo(directory);
  demos.push(demo);
  const session = await greeted(await open(0));

  expect(await put(session, content)).toMatch(/^ERROR another ballast places uploads/);
  session.say(`CHECKPRESENT ${content.key}\nREMOVE ${content.key}\nGETTIMESTAMP\n`);
  expect(await session.line()).toBe('FAILURE');
  expect(await session.line()).toMatch(/^SUCCESS-PLUS/);
  expect(await session.line()).toMatch(/^TIMESTAMP/);
});

it('takes turns at uploads with other processes, which may have sessions open', async () => {
  const content = newContent();
  const first = await greeted(await open());
  const second = await greeted(await open());

  expect(await put(first, content)).toMatch(/^SUCCESS-PLUS/);
  expect(await put(second, newContent())).toMatch(/^SUCCESS-PLUS/);
  expect(await put(first, newContent())).toMatch(/^SUCCESS-PLUS/);
});

it('leaves no claim behind that keeps a server from starting', async () => {
  const content = newContent();
  const session = await greeted(await open());
  expect(await put(session, content)).toMatch(/^SUCCESS-PLUS/);

  const demo = await serveDemo(directory);
  demos.push(demo);

  expect(demo.port).toBeGreaterThan(0);
});
