/**
 * The standard groups and their expressions, as `git annex vicfg` prints them
 * (spec/expressions.md section 7). They differ from what the documentation of git-annex says.
 */
const client =
  '(include=* and ((exclude=*/archive/* and exclude=archive/*) or (not (copies=archive:1 or copies=smallarchive:1)))) or approxlackingcopies=1';
const archive = '(not (copies=archive:1 or copies=smallarchive:1)) or approxlackingcopies=1';

/** The expression of each standard group, by the name of the group. */
export const standardGroups: ReadonlyMap<string, string> = new Map([
  ['client', client],
  [
    'transfer',
    `(not (inallgroup=client and copies=client:2) and (${client})) or approxlackingcopies=1`,
  ],
  ['backup', 'anything'],
  [
    'incrementalbackup',
    '((not copies=backup:1) and (not copies=incrementalbackup:1)) or approxlackingcopies=1',
  ],
  [
    'smallarchive',
    `((include=*/archive/* or include=archive/*) and (${archive})) or approxlackingcopies=1`,
  ],
  ['archive', archive],
  ['source', 'not (copies=1)'],
  ['manual', `present and (${client})`],
  ['public', 'inpreferreddir'],
  ['unwanted', 'not anything'],
]);
