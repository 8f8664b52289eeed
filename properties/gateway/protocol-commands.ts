import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import * as model from '../../models/served-key.ts';
import { keyFile } from '../../src/key/index.ts';
import {
  beginPut,
  breakOff,
  get,
  jsonOf,
  keepLock,
  lockOf,
  post,
  postKey,
  put,
  until,
} from '../../test/gateway/annex-requests.ts';
import { openFiles } from '../../test/gateway/leaks.ts';
import { sha256Key } from '../../test/support/objects.ts';
import type { LiveRepository } from './live-repository.ts';

/** What may be stored: keys do not disturb each other, and one content is empty. */
export const contents: readonly string[] = ['abcdefgh', 'stuvwxyz', ''];
const keys = contents.map((content) => sha256Key(Buffer.from(content)));

export type Model = readonly model.ServedKeyModel[];

/** A server and the ids of the locks that a client has on each key. */
export interface Real {
  readonly server: LiveRepository;
  readonly locks: readonly string[][];
}

/** A command about one key; what it prints can be replayed. */
abstract class KeyCommand implements fc.AsyncCommand<Model, Real> {
  readonly which: number;

  constructor(which: number) {
    this.which = which;
  }

  get key() {
    return keys[this.which] ?? assert.fail('no key');
  }

  get content(): string {
    return contents[this.which] ?? '';
  }

  check(world: Readonly<Model>): boolean {
    return this.isPossible(of(world, this.which));
  }

  async run(world: Model, real: Real): Promise<void> {
    const ids = real.locks[this.which] ?? [];
    await this.both(of(world, this.which), { server: real.server, ids });
  }

  toString(): string {
    return `${this.constructor.name} ${JSON.stringify(Object.fromEntries(Object.entries(this)))}`;
  }

  isPossible(_key: model.ServedKeyModel): boolean {
    return true;
  }

  abstract both(key: model.ServedKeyModel, real: OfKey): Promise<void>;
}

interface OfKey {
  readonly server: LiveRepository;
  readonly ids: string[];
}

function of(world: Readonly<Model>, which: number): model.ServedKeyModel {
  return world[which] ?? assert.fail('no key');
}

class Put extends KeyCommand {
  readonly sent: model.Sent;

  constructor(which: number, sent: model.Sent) {
    super(which);
    this.sent = sent;
  }

  async both(key: model.ServedKeyModel, { server }: OfKey): Promise<void> {
    const { offset, text, saidLength } = this.sent;
    const shape = { offset, length: saidLength };
    const answer = await put(server, 'gateway', this.key, Buffer.from(text), shape);
    const isStored = model.put(key, this.content, this.sent);
    assert.deepEqual(answer, { stored: isStored, plusuuids: [] });
  }
}

/** A put whose client vanishes when what it sent has arrived. */
class AbortedPut extends Put {
  override isPossible({ isPresent, partial }: model.ServedKeyModel): boolean {
    const { offset, text, saidLength } = this.sent;
    const isGoodSoFar = offset + saidLength <= this.content.length && offset <= partial.length;
    return !isPresent && isGoodSoFar && text.length <= saidLength;
  }

  override async both(key: model.ServedKeyModel, { server }: OfKey): Promise<void> {
    const { offset, text, saidLength } = this.sent;
    model.put(key, this.content, { ...this.sent, breaksOff: true });
    const arriving = once(server.http, 'request');
    const sent = beginPut(server, 'gateway', this.key, { offset, length: saidLength });
    sent.flushHeaders();
    await arriving;
    const file = join(server.directory, 'annex', 'tmp', keyFile(this.key));
    const onDisk = (): string => (existsSync(file) ? readFileSync(file, 'latin1') : '');
    await breakOff(sent, Buffer.from(text), () => onDisk() === key.partial);
    await until(() => !openFiles().some((path) => path.startsWith(file)), 'the end of the upload');
  }
}

class Look extends KeyCommand {
  readonly offset: number;

  constructor(which: number, offset: number) {
    super(which);
    this.offset = offset;
  }

  async both(key: model.ServedKeyModel, { server }: OfKey): Promise<void> {
    const present = await postKey(server, 'gateway', 'checkpresent', this.key);
    assert.deepEqual(present, { present: key.isPresent });
    const got = await get(server, 'gateway', this.key, this.offset);
    assert.equal(got.status, key.isPresent ? 200 : 404);
    if (key.isPresent) assert.equal(got.body.toString(), this.content.slice(this.offset));
    const offset = await postKey(server, 'gateway', 'putoffset', this.key);
    const expected = key.isPresent
      ? { alreadyhave: true, plusuuids: [] }
      : { offset: key.partial.length };
    assert.deepEqual(offset, expected);
  }
}

class Lock extends KeyCommand {
  async both(key: model.ServedKeyModel, { server, ids }: OfKey): Promise<void> {
    if (!key.isPresent) {
      const answer = await postKey(server, 'gateway', 'lockcontent', this.key);
      return assert.deepEqual(answer, { locked: false });
    }
    ids.push(await lockOf(server, 'gateway', this.key));
    key.locks += 1;
  }
}

abstract class EndLock extends KeyCommand {
  override isPossible(key: model.ServedKeyModel): boolean {
    return key.locks > 0;
  }

  take({ ids }: OfKey): string {
    return ids.shift() ?? assert.fail('no lock');
  }
}

class Unlock extends EndLock {
  async both(key: model.ServedKeyModel, real: OfKey): Promise<void> {
    const sent = keepLock(real.server, 'gateway', this.take(real));
    sent.end('{"unlock":true}');
    assert.deepEqual(await jsonOf(sent), { locked: false });
    key.locks -= 1;
  }
}

class BreakLock extends EndLock {
  async both(key: model.ServedKeyModel, real: OfKey): Promise<void> {
    const arriving = once(real.server.http, 'request');
    const sent = keepLock(real.server, 'gateway', this.take(real));
    const [, response] = await arriving;
    assert(response instanceof ServerResponse);
    const left = once(response, 'close');
    sent.destroy();
    // The lock keeps its id, which nobody knows any more, for as long as was promised.
    await left;
    key.locks -= 1;
    key.isPromised = true;
  }
}

class Remove extends KeyCommand {
  async both(key: model.ServedKeyModel, { server }: OfKey): Promise<void> {
    const answer = await postKey(server, 'gateway', 'remove', this.key);
    assert.deepEqual(answer, { removed: model.remove(key), plusuuids: [] });
  }
}

class RemoveBefore extends KeyCommand {
  readonly isInTime: boolean;

  constructor(which: number, isInTime: boolean) {
    super(which);
    this.isInTime = isInTime;
  }

  async both(key: model.ServedKeyModel, { server }: OfKey): Promise<void> {
    const now = await post(server, 'gateway', 'gettimestamp');
    assert(typeof now === 'object' && now !== null && 'timestamp' in now);
    const timestamp = Number(now.timestamp) + (this.isInTime ? 600 : 0);
    const answer = await postKey(server, 'gateway', 'remove-before', this.key, { timestamp });
    assert.deepEqual(answer, { removed: model.remove(key, this.isInTime), plusuuids: [] });
  }
}

class Restart implements fc.AsyncCommand<Model, Real> {
  check(): boolean {
    return true;
  }

  async run(world: Model, { server, locks }: Real): Promise<void> {
    await server.restart();
    for (const key of world) model.restart(key);
    for (const ids of locks) ids.length = 0;
  }

  toString(): string {
    return 'Restart';
  }
}

const which = fc.nat({ max: contents.length - 1 });

/** Mostly right bytes from where the last upload ended or might have; sometimes wrong ones. */
const sent = fc.record({
  offset: fc.constantFrom(0, 0, 3, 5, 8),
  length: fc.constantFrom(8, 8, 8, 3, 2, 0),
  saysMore: fc.constantFrom(0, 0, 0, 1, -1),
  isWrong: fc.constantFrom(false, false, false, true),
});

type Drawn = typeof sent extends fc.Arbitrary<infer T> ? T : never;

function sentOf(which: number, { offset, length, saysMore, isWrong }: Drawn): model.Sent {
  const right = (contents[which] ?? '').slice(offset, offset + length);
  const text = isWrong ? right.replaceAll(/./g, '!') : right;
  const saidLength = Math.max(0, text.length + saysMore);
  return { offset, text, saidLength, breaksOff: false };
}

/** A whole upload: without it few histories get as far as a content. */
const stores = which.map((which) => {
  const text = contents[which] ?? '';
  return new Put(which, { offset: 0, text, saidLength: text.length, breaksOff: false });
});

/** Histories of up to 40 commands. */
export const histories: fc.Arbitrary<Iterable<fc.AsyncCommand<Model, Real>>> = fc.commands(
  [
    fc.tuple(which, sent).map(([which, sent]) => new Put(which, sentOf(which, sent))),
    fc.tuple(which, sent).map(([which, sent]) => {
      const { saidLength, ...rest } = sentOf(which, { ...sent, saysMore: 0 });
      const more = Math.max(0, (contents[which] ?? '').length - rest.offset - saidLength);
      return new AbortedPut(which, { ...rest, saidLength: saidLength + more });
    }),
    fc.tuple(which, fc.constantFrom(0, 3, 8, 20)).map(([which, from]) => new Look(which, from)),
    stores,
    stores,
    which.map((which) => new Lock(which)),
    which.map((which) => new Lock(which)),
    which.map((which) => new Unlock(which)),
    which.map((which) => new BreakLock(which)),
    which.map((which) => new Remove(which)),
    fc.tuple(which, fc.boolean()).map(([which, inTime]) => new RemoveBefore(which, inTime)),
    fc.constant(new Restart()),
  ],
  { maxCommands: 40, size: 'max' },
);
