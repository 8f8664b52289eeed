import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as model from '../../models/object.ts';
import { get } from '../../test/support/objects.ts';
import { keys, ObjectCommand, type Model, type Real } from './object-command.ts';
import {
  Abandon,
  Begin,
  BeginPresent,
  Commit,
  Interrupt,
  Put,
  Start,
  Write,
} from './upload-commands.ts';

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
