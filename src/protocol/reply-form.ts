import {
  anyText,
  between,
  listOf,
  madeBy,
  truth,
  wholeNumber,
  type Shape,
} from '../shapes/index.ts';
import { parseUuid } from '../units/index.ts';
import type { ReplyField, ReplyValues } from './replies.ts';
import { featureSince, type ProtocolVersion } from './version.ts';
import { unwrapText, wrapText } from './http/wrapped-text.ts';

/** How a field of a reply stands in JSON. */
export interface JsonForm<Value> {
  /** Before this version it is left out. */
  readonly since?: ProtocolVersion;
  /** What counts when it is not there; without this it is required. */
  readonly missing?: { readonly value: Value };
  readonly shape: Shape<Value>;
  write(value: Value): string;
}

const boolean: JsonForm<boolean> = { shape: truth, write: String };

const text = madeBy(anyText, (json) => (json === '' ? undefined : unwrapText(json)), 'a text');
const uuids = listOf(madeBy(text, parseUuid, 'a UUID'));

/** Every field of a reply, once. */
const replyFields: { readonly [Name in ReplyField]: JsonForm<ReplyValues[Name]> } = {
  isPresent: boolean,
  isStored: boolean,
  isRemoved: boolean,
  alsoIn: {
    since: featureSince.plusUuids,
    missing: { value: [] },
    shape: uuids,
    write: (uuids) => `[${uuids.map(writeText).join(',')}]`,
  },
  offsetBytes: { shape: between(0, Number.MAX_SAFE_INTEGER), write: String },
  seconds: { shape: wholeNumber, write: String },
  lockId: { shape: text, write: writeText },
};

/** How a field of a reply stands in JSON. */
export function jsonForm<Name extends ReplyField>(name: Name): JsonForm<ReplyValues[Name]> {
  return replyFields[name];
}

function writeText(text: string): string {
  return JSON.stringify(wrapText(text));
}
