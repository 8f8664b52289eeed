/** What can be done with uploads to a store, each piece by itself; at the store and in the model. */
import assert from 'node:assert/strict';
import * as model from '../../models/object.ts';
import { begin, collect, put } from '../../test/support/objects.ts';
import { ObjectCommand, type Real } from './object-command.ts';

export class Begin extends ObjectCommand {
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
export class Put extends ObjectCommand {
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
export class Interrupt extends ObjectCommand {
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

export class BeginPresent extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.content !== undefined;
  }

  async both(_: model.ObjectModel, real: Real): Promise<void> {
    assert.equal(await real.store.deposit(this.key), 'present');
  }
}

export class Start extends ObjectCommand {
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

export class Write extends ObjectCommand {
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

export class Commit extends ObjectCommand {
  isPossible(object: model.ObjectModel): boolean {
    return object.upload?.position !== undefined;
  }

  async both(object: model.ObjectModel, real: Real): Promise<void> {
    await this.deposit(real).commit();
    real.deposits.delete(this.which);
    model.commit(object);
  }
}

export class Abandon extends ObjectCommand {
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
