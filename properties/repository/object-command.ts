import type fc from 'fast-check';
import * as model from '../../models/object.ts';
import type { Key } from '../../src/key/index.ts';
import type { ContentLock, Deposit, ObjectStore } from '../../src/repository/index.ts';
import { keyOf } from '../../test/support/objects.ts';

/** Two objects, to see that one does not disturb the other, and a clock. */
export interface Model {
  readonly objects: readonly model.ObjectModel[];
  nowMs: number;
}

/** The store under test, and what the commands before have open at it. */
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
export abstract class ObjectCommand implements fc.AsyncCommand<Model, Real> {
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
