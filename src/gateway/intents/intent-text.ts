import { hash } from 'node:crypto';
import { parseKey, serializeKey, type Key } from '../../key/index.ts';
import {
  anyText,
  listOf,
  madeBy,
  oneOf,
  orUnread,
  readJson,
  rowOf,
  uuid,
} from '../../shapes/index.ts';
import type { Uuid } from '../../units/index.ts';

/** What is about to be done to a content at a node, of which a crash may leave any part done. */
export interface IntendedAct {
  readonly act: 'store' | 'remove';
  readonly key: Key;
  readonly node: Uuid;
}

/** The acts that were under way at one moment. */
export interface IntentSnapshot {
  /** Later ones have a higher number. */
  readonly number: number;
  readonly acts: readonly IntendedAct[];
}

/** Longest first line of a snapshot, bytes. */
export const headBytesMax = 160;

const headShape = /^ballast intents 1 (\d{1,15}) (\d{1,9}) ([0-9a-f]{64})$/;

/** A snapshot as bytes: a line with its number, length and SHA256, and the acts as JSON. */
export function encodeSnapshot({ number, acts }: IntentSnapshot): Buffer {
  const entries = acts.map(({ act, key, node }) => [act, node, serializeKey(key)]);
  // JSON writes lone surrogates, which stand for undecodable bytes of keys, as escapes.
  const body = Buffer.from(JSON.stringify(entries));
  const head = `ballast intents 1 ${number} ${body.length} ${hash('sha256', body)}\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Length of the snapshot that bytes begin with, by its first line; `undefined` when none does. */
export function snapshotBytes(start: Uint8Array): number | undefined {
  const head = headOf(start);
  return head === undefined ? undefined : head.headBytes + head.bodyBytes;
}

/**
 * The snapshot that bytes begin with. `undefined` when there is none, or it was not written to its
 * end: then nothing in it that an earlier one lacks had begun.
 */
export function decodeSnapshot(bytes: Uint8Array): IntentSnapshot | undefined {
  const head = headOf(bytes);
  if (head === undefined) return undefined;
  const body = bytes.subarray(head.headBytes, head.headBytes + head.bodyBytes);
  if (body.length !== head.bodyBytes || hash('sha256', body) !== head.sha256) return undefined;
  const read = readJson(Buffer.from(body).toString(), entries);
  const rows = read.kind === 'value' ? read.value.filter((row) => row !== undefined) : [];
  return { number: head.number, acts: rows.map(([act, node, key]) => ({ act, key, node })) };
}

/** Act, node and key of each; what an act cannot be read from says nothing of the others. */
const entries = listOf(
  orUnread(rowOf([oneOf(['store', 'remove']), uuid, madeBy(anyText, parseKey, 'a key')])),
);

interface Head {
  readonly number: number;
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly sha256: string;
}

function headOf(bytes: Uint8Array): Head | undefined {
  const start = Buffer.from(bytes.subarray(0, headBytesMax));
  const end = start.indexOf('\n');
  if (end < 0) return undefined;
  const match = headShape.exec(start.toString('latin1', 0, end));
  if (match === null) return undefined;
  const [, number, bodyBytes, sha256 = ''] = match;
  return { number: Number(number), headBytes: end + 1, bodyBytes: Number(bodyBytes), sha256 };
}
