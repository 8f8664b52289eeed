import type { FieldValues } from './fields.ts';
import { mapTable } from './table.ts';
import { hasFeature, type ProtocolVersion } from './version.ts';

/**
 * Every request of the protocol, once: what a peer must be allowed, its fields in the order in
 * which the reference server checks them, its place over HTTP and the feature that a version must
 * have for it, the word that opens it on a line, and the replies that may come (spec/p2p-http.md
 * section 1, spec/p2p-line.md section 5). The order of a line's parameters is in `line/words.ts`.
 */
export const requests = {
  checkPresent: {
    permission: 'read',
    fields: ['key'],
    http: {
      path: 'checkpresent',
      needs: undefined,
      alwaysSent: [],
      takes: 'nothing',
      gives: 'json',
    },
    line: 'CHECKPRESENT',
    replies: ['present'],
  },
  get: {
    permission: 'read',
    fields: ['key', 'offsetBytes', 'associatedFile'],
    http: { path: 'key', needs: undefined, alwaysSent: [], takes: 'nothing', gives: 'content' },
    line: 'GET',
    replies: [],
  },
  put: {
    permission: 'write',
    fields: ['key', 'offsetBytes', 'lengthBytes', 'associatedFile', 'isDataPresent'],
    http: {
      path: 'put',
      needs: undefined,
      alwaysSent: ['offsetBytes'],
      takes: 'content',
      gives: 'json',
    },
    line: 'PUT',
    replies: ['stored', 'alreadyHave'],
  },
  putOffset: {
    permission: 'write',
    fields: ['key'],
    http: {
      path: 'putoffset',
      needs: 'putOffset',
      alwaysSent: [],
      takes: 'nothing',
      gives: 'json',
    },
    line: 'PUT',
    replies: ['putFrom', 'alreadyHave'],
  },
  remove: {
    permission: 'remove',
    fields: ['key'],
    http: { path: 'remove', needs: undefined, alwaysSent: [], takes: 'nothing', gives: 'json' },
    line: 'REMOVE',
    replies: ['removed'],
  },
  removeBefore: {
    permission: 'remove',
    fields: ['key', 'timestampSeconds'],
    http: {
      path: 'remove-before',
      needs: 'timestamps',
      alwaysSent: [],
      takes: 'nothing',
      gives: 'json',
    },
    line: 'REMOVE-BEFORE',
    replies: ['removed'],
  },
  getTimestamp: {
    permission: 'read',
    fields: [],
    http: {
      path: 'gettimestamp',
      needs: 'timestamps',
      alwaysSent: [],
      takes: 'nothing',
      gives: 'json',
    },
    line: 'GETTIMESTAMP',
    replies: ['timestamp'],
  },
  lockContent: {
    permission: 'lock',
    fields: ['key'],
    http: {
      path: 'lockcontent',
      needs: undefined,
      alwaysSent: [],
      takes: 'nothing',
      gives: 'json',
    },
    line: 'LOCKCONTENT',
    replies: ['locked', 'notLocked'],
  },
  /** On a line the lock lasts until UNLOCKCONTENT, or the end of the session. */
  keepLocked: {
    permission: 'lock',
    fields: ['lockId'],
    http: { path: 'keeplocked', needs: undefined, alwaysSent: [], takes: 'unlocks', gives: 'json' },
    line: undefined,
    replies: ['notLocked'],
  },
} as const;

type Requests = typeof requests;

/** The name of a request, as in {@link Request}. */
export type Verb = keyof Requests;

/** The request of one verb. */
export type RequestOf<V extends Verb> = {
  [Asked in V]: { readonly verb: Asked } & Pick<FieldValues, Requests[Asked]['fields'][number]>;
}[V];

/** What a peer asks of a repository, whatever the transport; the verbs are the protocol's. */
export type Request = RequestOf<Verb>;

/** What a peer must be allowed for a request. */
export type Permission = Requests[Verb]['permission'];

/** The verbs of the protocol. */
export const verbs: readonly Verb[] = Object.keys(requests).filter((name) => isVerb(name));

/** The permission that each verb needs. */
export const permissionFor: Readonly<Record<Verb, Permission>> = mapTable(
  requests,
  (row) => row.permission,
);

/**
 * Whether a version has a verb: over HTTP the server refuses it otherwise. On a line the reference
 * server knows every verb in every version, and a client keeps to this.
 */
export function isOffered(verb: Verb, version: ProtocolVersion): boolean {
  const { needs } = requests[verb].http;
  return needs === undefined || hasFeature(version, needs);
}

function isVerb(name: string): name is Verb {
  return Object.hasOwn(requests, name);
}

/** A request in the making: its verb, and the fields read so far. */
export type Draft = { readonly verb: Verb } & {
  -readonly [Name in keyof FieldValues]?: FieldValues[Name];
};

/** The request that a draft with all fields of its verb is. */
export function finish(draft: Draft): Request {
  if (!isFinished(draft)) throw new RangeError(`a ${draft.verb} lacks fields`);
  return draft;
}

function isFinished(draft: Draft): draft is Request {
  return requests[draft.verb].fields.every((name) => name in draft);
}
