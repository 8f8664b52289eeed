/**
 * One key of one repository as a peer of the protocol sees it, in the smallest terms
 * (spec/p2p-http.md section 5): what is stored, what an interrupted upload left, who keeps it.
 */
export interface ServedKeyModel {
  isPresent: boolean;
  /** What an interrupted upload left. */
  partial: string;
  /** Locks that clients have and have not ended. */
  locks: number;
  /** A lock was left by a broken connection or a server's end: ten minutes of promise, no less. */
  isPromised: boolean;
}

export const absentKey = (): ServedKeyModel => ({
  isPresent: false,
  partial: '',
  locks: 0,
  isPromised: false,
});

/** How an upload goes: what it sends from where, how much it said that it would. */
export interface Sent {
  readonly offset: number;
  readonly text: string;
  readonly saidLength: number;
  readonly breaksOff: boolean;
}

/** An upload of a key whose content is known; whether it is answered with `stored`. */
export function put(key: ServedKeyModel, content: string, sent: Sent): boolean {
  const { offset, text, saidLength } = sent;
  if (key.isPresent) return true;
  if (offset + saidLength > content.length) return forget(key);
  if (offset > key.partial.length) return false;
  if (text.length > saidLength) return forget(key);
  const written = key.partial.slice(0, offset) + text;
  if (sent.breaksOff || text.length < saidLength) {
    key.partial = written + key.partial.slice(written.length);
    return false;
  }
  key.partial = '';
  key.isPresent = written === content;
  return key.isPresent;
}

function forget(key: ServedKeyModel): false {
  key.partial = '';
  return false;
}

/** A removal, which may have come too late; whether it is answered with `removed`. */
export function remove(key: ServedKeyModel, isInTime = true): boolean {
  if (!key.isPresent) return true;
  if (!isInTime || key.locks > 0 || key.isPromised) return false;
  key.isPresent = false;
  return true;
}

/** Every lock ends as if its connection had broken. */
export function restart(key: ServedKeyModel): void {
  key.isPromised ||= key.locks > 0;
  key.locks = 0;
}
