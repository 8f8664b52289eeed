import type { Uuid } from '../../units/index.ts';
import type { Notice, Notices } from '../notices/notices.ts';
import type { OwedCopy, OwedReason } from './owed-copies.ts';
import { dayMs, type WalkState } from './walk-state.ts';

/** What is owed, by why. */
const owedTexts: Readonly<Record<OwedReason, (node: string) => string>> = {
  damaged: (node) => `damaged copies on ${node} are not made good yet; the log names them`,
  gone: (node) =>
    `copies that ${node} should have are gone and not restored yet; the log names them`,
  unread: (node) => `copies on ${node} could not be read to be checked; that is tried again`,
};

/** A node as notices call it. */
interface Named {
  readonly uuid: Uuid;
  readonly name: string;
}

/** Tells what lasts of what scrubbing has found. Figures change without being told of anew; no notice names a key. */
export class ScrubNotices {
  readonly #tell: (now: readonly Notice[]) => void;

  constructor(notices: Notices) {
    this.#tell = notices.source();
  }

  /** @param slowDays how long all walks take, where that is longer than there is for them. */
  tell(
    nodes: readonly (Named & { readonly state: WalkState | undefined })[],
    owed: readonly OwedCopy[],
    slowDays: number | undefined,
  ): void {
    const found = nodes.flatMap((node) => [...foundNotices(node), ...owedNotices(node, owed)]);
    this.#tell([...found, ...slowNotices(slowDays)]);
  }
}

function foundNotices({ name, state }: Named & { state: WalkState | undefined }): Notice[] {
  if (state === undefined || state.damaged === 0) return [];
  const day = new Date(state.beganMs).toISOString().slice(0, 10);
  const text = `copies on ${name} were found damaged since ${day}; the log names them`;
  return [{ kind: 'content', subject: `damaged on ${name}`, text, figure: state.damaged }];
}

function owedNotices({ name, uuid }: Named, owed: readonly OwedCopy[]): Notice[] {
  const counts = new Map<OwedReason, number>();
  for (const { node, why } of owed) {
    if (node === uuid) counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, figure]) => {
    return { kind: 'content', subject: `${why} on ${name}`, text: owedTexts[why](name), figure };
  });
}

function slowNotices(days: number | undefined): Notice[] {
  if (days === undefined) return [];
  const text = `checking all contents takes ${days} days at --scrub-rate, longer than --scrub asks for`;
  return [{ kind: 'content', subject: 'slow check', text }];
}

/** How many days it takes to read so much at a rate; `undefined` where that is no more than there are. */
export function daysTooLong(
  bytes: number,
  at: { readonly bytesPerS: number; readonly everyMs: number },
): number | undefined {
  const takesMs = (bytes / at.bytesPerS) * 1000;
  return takesMs > at.everyMs ? Math.ceil(takesMs / dayMs) : undefined;
}
