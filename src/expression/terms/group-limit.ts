/** Group limits, such as `backup+archive-offsite` (spec/newest.md section 1.2). */

/**
 * Which repositories a limit matches: those in some included group, or in any when none is
 * included, and in no excluded one.
 */
export interface GroupLimit {
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

/**
 * The limit that a text stands for; every text is one. Cut at every `+` and `-`, so that a group
 * whose name holds a sign cannot be named. Empty pieces are dropped: of several signs in a row the
 * last counts.
 */
export function parseGroupLimit(text: string): GroupLimit {
  const included = new Set<string>();
  const excluded = new Set<string>();
  for (const [, sign, group] of text.matchAll(/([-+]?)([^-+]+)/g)) {
    if (group !== undefined) (sign === '-' ? excluded : included).add(group);
  }
  return { included: [...included], excluded: [...excluded] };
}
