import type { PushCommand } from '../../protocol/index.ts';
import type { MergeTally } from '../../repository/index.ts';

/** Who pushes, and how much of it counts. */
export interface Pusher {
  /** As the log names him: an account, `anonymous`, a user of ssh. */
  readonly name: string;
  /** Whether he may change and remove what others have recorded. */
  readonly mayOverrule: boolean;
}

/** A push that has ended, for the log. */
export interface PushRecord {
  readonly pusher: string;
  /** The first refs, as they were asked for, and why those named git-annex were refused. */
  readonly refs: readonly (PushCommand & { readonly refusal: string | undefined })[];
  /** How many refs there were. */
  readonly count: number;
  /** How many lines and files of git-annex branches were left out. */
  readonly leftOut: number;
}

/** Told of each push. Must not throw. */
export type NotePush = (push: PushRecord) => void;

/** Most lines that name what is left out. */
const linesMax = 10;

/** What the pusher is told about what was left out. */
export function wordsOfLeftOut(tally: MergeTally, mayOverrule: boolean): string[] {
  if (tally.count === 0) return [];
  const why = mayOverrule ? 'cannot be merged' : 'are not for those to change who may only append';
  const named = tally.named.slice(0, linesMax).map(({ path, line, reason }) => {
    const what = line === undefined ? path : `${path}: ${line}`;
    return `  ${printable(what)} (${reason})`;
  });
  const more = tally.count - named.length;
  return [
    `ballast: ${tally.count} of the changes to git-annex ${why}, and ${tally.count === 1 ? 'is' : 'are'} left out:`,
    ...named,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** Text of a peer's without what would move the cursor of somebody's terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\uD800-\uDFFF]/gu, '?');
}
