/**
 * One object of a repository, in the smallest terms: what is stored, what an interrupted upload
 * left, who keeps it, until when it is promised. Times are milliseconds of one clock.
 */
export interface ObjectModel {
  content: string | undefined;
  partial: string;
  /** The upload that is going on: where it writes next, once it has started. */
  upload: { position: number | undefined } | undefined;
  locks: number;
  promisedUntilMs: number;
}

export const absentObject = (): ObjectModel => ({
  content: undefined,
  partial: '',
  upload: undefined,
  locks: 0,
  promisedUntilMs: 0,
});

/** What a broken connection's lock still promises: ten minutes. */
const promiseMs = 600_000;

export function write(object: ObjectModel, text: string): void {
  const position = object.upload?.position ?? 0;
  const end = position + text.length;
  object.partial = object.partial.slice(0, position) + text + object.partial.slice(end);
  object.upload = { position: end };
}

export function commit(object: ObjectModel): void {
  object.content = object.partial.slice(0, object.upload?.position ?? 0);
  object.partial = '';
  object.upload = undefined;
}

export function abandonUpload(object: ObjectModel, keepsPartial: boolean): void {
  if (!keepsPartial) object.partial = '';
  object.upload = undefined;
}

export function abandonLock(object: ObjectModel, nowMs: number): void {
  object.locks -= 1;
  object.promisedUntilMs = nowMs + promiseMs;
}

export function remove(object: ObjectModel, nowMs: number): 'removed' | 'absent' | 'locked' {
  if (object.content === undefined) return 'absent';
  if (object.locks > 0 || object.promisedUntilMs > nowMs) return 'locked';
  object.content = undefined;
  return 'removed';
}
