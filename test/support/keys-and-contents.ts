import { createHash } from 'node:crypto';
import { parseKey, type Key } from '../../src/key/index.ts';
import type { Deposit, ObjectStore } from '../../src/repository/index.ts';

/** A key from its text, which must be one. */
export function keyOf(text: string): Key {
  const key = parseKey(text);
  if (key === undefined) throw new Error(`not a key: ${text}`);
  return key;
}

/** The SHA256 key of a content. */
export function sha256Key(content: Uint8Array): Key {
  return keyOf(`SHA256-s${content.length}--${createHash('sha256').update(content).digest('hex')}`);
}

/** A deposit that must be possible: the content is not there. */
export async function begin(store: ObjectStore, key: Key): Promise<Deposit> {
  const deposit = await store.deposit(key);
  if (deposit === 'present') throw new Error('the content is there already');
  return deposit;
}

/** Stores a content whole. */
export async function put(store: ObjectStore, key: Key, content: Uint8Array): Promise<void> {
  const deposit = await begin(store, key);
  await deposit.start(0);
  await deposit.write(content);
  await deposit.commit();
}

/** All bytes of a stream. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** The content of a key, or undefined when absent. */
export async function get(store: ObjectStore, key: Key, fromByte = 0) {
  const object = await store.open(key, fromByte);
  return object === undefined ? undefined : collect(object.chunks);
}
