import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as model from '../../models/object.ts';
import type { Key } from '../../src/key/index.ts';
import type { ContentLock, Deposit, ObjectStore } from '../../src/repository/index.ts';
import { begin, collect, get, keyOf, put } from '../../test/support/objects.ts';

/** Two objects, to see that one does not disturb the other, and a clock. */
export interface Model {
  readonly objects: readonly model.ObjectModel[];
  nowMs: number;
}

export interface Real {
  readonly store: ObjectStore;
  readonly clock: { nowMs: number };
  readonly deposits: Map<number, Deposit>;
  readonly locks: Map<number, ContentLock[]>;
}

/**
 * The first holds a character that file names escape. Neither names a size, so that whatever was
 * written is a content.
 */
export const keys: readonly Key[] = [keyOf('FOO--a/b'), keyOf('FOO--c')];

/** A command on one object; the arguments are what it prints to be replayed. */
abstract class ObjectCommand implements fc.AsyncCommand<Model, Real> {
  readonly which: number;

  constructor(which: number) {
    this.which = which;
  }

  check(world: Readonly<Model>): boolean {
    return this.isPossible(this.objectOf(world));
  }

  async run(world: Model, real: Real): Promise<void> {
    await this.both(this.objectOf(world), real, world.nowMs);
  }

  toString(): string {
    return `${this.constructor.name} ${JSON.stringify(Object.fromEntries(Object.entries(this)))}`;
  }

  get key(): Key {
    return keys[this.which] ?? keyOf('FOO--none');
  }

  deposit(real: Real): Deposit {
    const deposit = real.deposits.get(this.which);
    if (deposit === undefined) throw new Error('no deposit');
    return deposit;
  }

  takeLock(real: Real): ContentLock {
    const lock = real.locks.get(this.which)?.shift();
    if (lock === undefined) throw new Error('no lock');
    return lock;
  }

  abstract isPossible(object: model.ObjectModel): boolean;
  abstract both(object: model.ObjectModel, real: Real, nowMs: number): Promise<void>;

  private objectOf(world: Readonly<Model>): model.ObjectModel {
    return world.objects[this.which] ?? model.absentObject();
  }
}

class Begin extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.upload === undefined && object.content === undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    const deposit = await begin(real.store, this.key);
    assert.equal(deposit.offsetBytes, object.partial.length);
    const range = { fromByte: 0, untilByte: object.partial.length };
    assert.equal((await collect(deposit.readBack(range))).toString(), object.partial);
    real.deposits.set(this.which, deposit);
    object.upload = { position: undefined };
  }
}

/** A whole upload in one step: without it few histories get as far as a content. */
class Put extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.upload === undefined && object.content === undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    await put(real.store, this.key, Buffer.from('whole'));
    object.upload = { position: 0 };
    model.write(object, 'whole');
    model.commit(object);
  }
}

/** A whole upload that breaks off, begun somewhere in what an earlier one left. */
class Interrupt extends ObjectCommand {
  readonly part: number;
  readonly text: string;

  constructor(which: number, part: number, text: string) {
    super(which);
    this.part = part;
    this.text = text;
  }

  isPossible(object: model.ObjectModel): boolean {
    return object.upload === undefined && object.content === undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    const position = Math.round(this.part * object.partial.length);
    const deposit = await begin(real.store, this.key);
    await deposit.start(position);
    await deposit.write(Buffer.from(this.text));
    await deposit.abandon('keep');
    object.upload = { position };
    model.write(object, this.text);
    model.abandonUpload(object, true);
  }
}

/** A lock whose connection breaks at once. */
class Promise10Minutes extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.content !== undefined;
  }

  async both(object: model.ObjectModel, real: Real, nowMs: number): Promise<void> {
    await (await real.store.lock(this.key))?.leave();
    object.locks += 1;
    model.abandonLock(object, nowMs);
  }
}

class BeginPresent extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.content !== undefined;
  }

  async both(_: model.ObjectModel, real: Real): Promise<void> {
    assert.equal(await real.store.deposit(this.key), 'present');
  }
}

class Start extends ObjectCommand {
  readonly part: number;

  constructor(which: number, part: number) {
    super(which);
    this.part = part;
  }

  isPossible(object: model.ObjectModel): boolean {
    return object.upload !== undefined && object.upload.position === undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    const position = Math.round(this.part * object.partial.length);
    await this.deposit(real).start(position);
    object.upload = { position };
  }
}

class Write extends ObjectCommand {
  readonly text: string;

  constructor(which: number, text: string) {
    super(which);
    this.text = text;
  }

  isPossible(object: model.ObjectModel): boolean {
    return object.upload?.position !== undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    await this.deposit(real).write(Buffer.from(this.text));
    model.write(object, this.text);
  }
}

class Commit extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.upload?.position !== undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    await this.deposit(real).commit();
    real.deposits.delete(this.which);
    model.commit(object);
  }
}

class Abandon extends ObjectCommand {
  readonly keepsPartial: boolean;

  constructor(which: number, keepsPartial: boolean) {
    super(which);
    this.keepsPartial = keepsPartial;
  }

  isPossible(object: model.ObjectModel): boolean {
    return object.upload !== undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    await this.deposit(real).abandon(this.keepsPartial ? 'keep' : 'delete');
    real.deposits.delete(this.which);
    model.abandonUpload(object, this.keepsPartial);
  }
}

class Look extends ObjectCommand {
  readonly fromByte: number;

  constructor(which: number, fromByte: number) {
    super(which);
    this.fromByte = fromByte;
  }

  isPossible(): boolean {
    return true;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    const found = await get(real.store, this.key, this.fromByte);
    assert.equal(await real.store.has(this.key), object.content !== undefined);
    assert.equal(found?.toString(), object.content?.slice(this.fromByte));
    assert.equal(await real.store.partialSizeBytes(this.key), object.partial.length);
  }
}

class Remove extends ObjectCommand {
  isPossible(): boolean {
    return true;
  }

  async both(object: model.ObjectModel, real: Real, nowMs: number): Promise<void> {
    assert.equal(await real.store.remove(this.key), model.remove(object, nowMs));
  }
}

class Lock extends ObjectCommand {
  isPossible(): boolean {
    return true;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    const lock = await real.store.lock(this.key);
    assert.equal(lock !== undefined, object.content !== undefined);
    if (lock === undefined) return;
    real.locks.set(this.which, [...(real.locks.get(this.which) ?? []), lock]);
    object.locks += 1;
  }
}

class Release extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.locks > 0;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    await this.takeLock(real).release();
    object.locks -= 1;
  }
}

class AbandonLock extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.locks > 0;
  }

  async both(object: model.ObjectModel, real: Real, nowMs: number): Promise<void> {
    await this.takeLock(real).leave();
    model.abandonLock(object, nowMs);
  }
}

class Pass implements fc.AsyncCommand<Model, Real> {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  check(): boolean {
    return true;
  }

  async run(world: Model, real: Real): Promise<void> {
    world.nowMs += this.milliseconds;
    real.clock.nowMs = world.nowMs;
  }

  toString(): string {
    return `Pass ${this.milliseconds} ms`;
  }
}

const which = fc.nat({ max: keys.length - 1 });
/** Histories of up to 60 commands. */
export const histories: fc.Arbitrary<Iterable<fc.AsyncCommand<Model, Real>>> = fc.commands(
  [
    which.map((which) => new Begin(which)),
    which.map((which) => new Put(which)),
    which.map((which) => new Promise10Minutes(which)),
    fc
      .tuple(which, fc.constantFrom(0, 0.5, 1), fc.stringMatching(/^[a-z]{1,6}$/))
      .map(([which, part, text]) => new Interrupt(which, part, text)),
    which.map((which) => new BeginPresent(which)),
    fc.tuple(which, fc.constantFrom(0, 0.5, 1)).map(([which, part]) => new Start(which, part)),
    fc
      .tuple(which, fc.stringMatching(/^[a-z]{0,6}$/))
      .map(([which, text]) => new Write(which, text)),
    which.map((which) => new Commit(which)),
    fc.tuple(which, fc.boolean()).map(([which, keeps]) => new Abandon(which, keeps)),
    fc.tuple(which, fc.nat({ max: 20 })).map(([which, from]) => new Look(which, from)),
    which.map((which) => new Remove(which)),
    which.map((which) => new Lock(which)),
    which.map((which) => new Release(which)),
    which.map((which) => new AbandonLock(which)),
    fc.constantFrom(1, 599_999, 600_001).map((ms) => new Pass(ms)),
  ],
  { maxCommands: 60, size: 'max' },
);
