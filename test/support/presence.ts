import {
  locationLogPath,
  setPresence,
  stampOf,
  type BranchEdit,
} from '../../src/repository/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';
import { keyOf } from './keys-and-contents.ts';

/** A UUID from its text, which must be one. */
export function uuidOf(text: string): Uuid {
  const uuid = parseUuid(text);
  if (uuid === undefined) throw new Error(`not a UUID: ${text}`);
  return uuid;
}

/** The UUIDs of some repositories that are not there: `11111111-…`, `21111111-…` and so on. */
export function imaginaryUuid(number: number): Uuid {
  return uuidOf(`${number}1111111-1111-4111-8111-111111111111`);
}

/** An edit that makes a repository have a key, or not. */
export function presence(keyText: string, uuid: Uuid, isPresent = true): BranchEdit {
  return {
    path: locationLogPath(keyOf(keyText)),
    edit: (old) => setPresence(old, { uuid, isPresent, now: stampOf(Date.now()) }),
  };
}
