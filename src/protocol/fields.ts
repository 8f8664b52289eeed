import { parseKey, serializeKey, type Key } from '../key/index.ts';
import { readAssociatedFile, writeAssociatedFile } from './line/associated-file.ts';
import { readInteger, readLeadingInteger } from './integer.ts';
import { unwrapped, wrapText } from './http/wrapped-text.ts';
import { Unreadable, type Readable } from './unreadable.ts';
import { featureSince, type ProtocolVersion } from './version.ts';

/** What requests are made of. */
export interface FieldValues {
  readonly key: Key;
  /** The lock that a `lockContent` gave. */
  readonly lockId: string;
  /** The client's own name for itself, unverified. */
  readonly clientUuid: string;
  /**
   * The file that the key is for, as the client has it: for placement and names, never for access.
   */
  readonly associatedFile: string | undefined;
  /** Bytes of the content before the first one that is asked for, or that follows. */
  readonly offsetBytes: number;
  /** A removal happens before this time of the server's own clock, whole seconds, or not at all. */
  readonly timestampSeconds: number;
  /** The content came another way; only its presence is asked for (version 4). */
  readonly isDataPresent: boolean;
  /** Bytes that follow. */
  readonly lengthBytes: number;
}

/** The names of what requests are made of. */
export type FieldName = keyof FieldValues;

/** How a field travels over HTTP, percent-encoding apart. */
export interface HttpForm<Value> {
  /** Of the parameter in the query, or of the header. */
  readonly name: string;
  readonly place: 'query' | 'header';
  /** What counts when it is not given; without this it is required. */
  readonly missing?: { readonly value: Value };
  /** Before this version the field is not looked at, and counts as missing. */
  readonly since?: ProtocolVersion;
  /** The unversioned route does not look at it (spec/p2p-http.md section 5). */
  readonly isVersionedOnly?: true;
  /** The value, or why not, in the reference server's words. */
  read(text: string): Readable<Value>;
  /** The inverse; `undefined` when nothing is to be sent. */
  write(value: Value): string | undefined;
}

/** How a value stands on a line. Only the last of a line may hold blanks. */
export interface LineForm<Value> {
  /** The value, or `undefined` when the text is none: then the whole line is no message. */
  read(text: string): Readable<Value>;
  /** The inverse; unreadable when the other side could not read it. */
  write(value: Value): Readable<string>;
}

/** The fields that lines have; what the others say, a line says by its word. */
export type LineFieldName = Exclude<FieldName, 'lockId' | 'isDataPresent'>;

type HttpFields = {
  readonly [Name in FieldName]: { readonly http: HttpForm<FieldValues[Name]> };
};
type LineFields = {
  readonly [Name in LineFieldName]: { readonly line: LineForm<FieldValues[Name]> };
};

/** Digits on a line; below 0 is no number of bytes or seconds. */
export const lineInteger: LineForm<number> = {
  read: (text) => readLeadingInteger(text) ?? new Unreadable('not a number'),
  write: (value) =>
    Number.isSafeInteger(value) ? String(value) : new Unreadable('not a whole number'),
};

/** A word or, at the end of a line, any text. */
export const lineText: LineForm<string> = { read: (text) => text, write: (value) => value };

/**
 * Every field of a request, once. The order is that of the parameters in the real client's requests
 * (spec/p2p-http.md section 6).
 */
export const requestFields: HttpFields & LineFields = {
  key: {
    http: {
      name: 'key',
      place: 'query',
      read: unwrapped((text) => parseKey(text) ?? new Unreadable('key parse error')),
      write: (key) => wrapText(serializeKey(key)),
    },
    line: {
      read: (text) => parseKey(text) ?? new Unreadable('key parse error'),
      write: serializeKey,
    },
  },
  lockId: {
    http: {
      name: 'lockid',
      place: 'query',
      read: unwrapped((text) => (text === '' ? new Unreadable('empty lockid') : text)),
      write: wrapText,
    },
  },
  clientUuid: {
    http: {
      name: 'clientuuid',
      place: 'query',
      read: unwrapped((text) => (text === '' ? new Unreadable('empty UUID') : text)),
      write: wrapText,
    },
    line: {
      read: (text) => (text === '' ? new Unreadable('empty UUID') : text),
      write: (text) => (text === '' ? new Unreadable('empty UUID') : text),
    },
  },
  associatedFile: {
    http: {
      name: 'associatedfile',
      place: 'query',
      missing: { value: undefined },
      read: unwrapped((text) => text),
      write: (file) => (file === undefined ? undefined : wrapText(file)),
    },
    line: { read: readAssociatedFile, write: writeAssociatedFile },
  },
  offsetBytes: {
    http: {
      name: 'offset',
      place: 'query',
      missing: { value: 0 },
      isVersionedOnly: true,
      read: (text) => notNegative(readInteger(text), 'offset'),
      write: String,
    },
    line: {
      read: (text) => notNegative(readLeadingInteger(text), 'offset'),
      write: (value) => lineInteger.write(value),
    },
  },
  timestampSeconds: {
    http: {
      name: 'timestamp',
      place: 'query',
      read: (text) => readInteger(text) ?? new Unreadable('timestamp parse error'),
      write: String,
    },
    line: lineInteger,
  },
  isDataPresent: {
    http: {
      name: 'data-present',
      place: 'query',
      missing: { value: false },
      since: featureSince.dataPresent,
      read: readBoolean,
      write: (value) => (value ? 'true' : undefined),
    },
  },
  lengthBytes: {
    http: {
      name: 'X-git-annex-data-length',
      place: 'header',
      read: (text) => readInteger(text) ?? new Unreadable('X-git-annex-data-length parse error'),
      write: String,
    },
    line: {
      // A length below 0 would leave nobody knowing where the next message starts.
      read: (text) => {
        const length = readLeadingInteger(text);
        return length === undefined || length < 0 ? new Unreadable('not a length') : length;
      },
      write: (value) => (value < 0 ? new Unreadable('not a length') : lineInteger.write(value)),
    },
  },
};

/** How a field travels over HTTP. */
export function httpForm<Name extends FieldName>(name: Name): HttpForm<FieldValues[Name]> {
  const all: HttpFields = requestFields;
  return all[name].http;
}

/** The reference server's rule leaves a choice for offsets below 0; they count as 0. */
function notNegative(value: number | undefined, name: string): Readable<number> {
  return value === undefined ? new Unreadable(`${name} parse error`) : Math.max(0, value);
}

function readBoolean(text: string): Readable<boolean> {
  if (!/^(true|false)$/i.test(text)) return new Unreadable(`could not parse: \`${text}'`);
  return text.toLowerCase() === 'true';
}
