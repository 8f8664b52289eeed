import type { Key } from '../key/index.ts';

/** What a peer asks of a repository, whatever the transport; the verbs are the protocol's. */
export type Request =
  | { readonly verb: 'checkPresent'; readonly key: Key }
  | {
      readonly verb: 'get';
      readonly key: Key;
      /** Bytes of the content that the peer already has. */
      readonly offsetBytes: number;
      readonly associatedFile: string | undefined;
    }
  | {
      readonly verb: 'put';
      readonly key: Key;
      /** Where in the content the bytes that follow begin. */
      readonly offsetBytes: number;
      /** Bytes that follow. */
      readonly lengthBytes: number;
      readonly associatedFile: string | undefined;
      /** The content came another way; only its presence is asked for (version 4). */
      readonly isDataPresent: boolean;
    }
  | { readonly verb: 'putOffset'; readonly key: Key }
  | { readonly verb: 'remove'; readonly key: Key }
  | { readonly verb: 'removeBefore'; readonly key: Key; readonly timestampSeconds: number }
  | { readonly verb: 'getTimestamp' }
  | { readonly verb: 'lockContent'; readonly key: Key }
  | { readonly verb: 'keepLocked'; readonly lockId: string };

export type Verb = Request['verb'];

/** What a peer must be allowed for a request. */
export type Permission = 'read' | 'write' | 'remove' | 'lock';

/** The permission that each verb needs (spec/p2p-http.md section 1, "auth class"). */
export const permissionFor: Readonly<Record<Verb, Permission>> = {
  checkPresent: 'read',
  get: 'read',
  put: 'write',
  putOffset: 'write',
  remove: 'remove',
  removeBefore: 'remove',
  getTimestamp: 'read',
  lockContent: 'lock',
  keepLocked: 'lock',
};
