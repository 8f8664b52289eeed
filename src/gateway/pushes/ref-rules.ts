import { isAnnexRef, type PushCommand } from '../../protocol/index.ts';

/**
 * What git takes for an object in place of another one (git-replace(1)): who writes one changes what
 * every ref leads to, the git-annex branch too, without moving it.
 */
const replacing = 'refs/replace/';

/** A ref that lies below one of that name keeps it from being written, here and in clones. */
const belowAnnexRef = /^refs\/(?:.*\/)?git-annex\//i;

/** Clients that have a tag of that name cannot push their branch any more. */
const annexTag = /^refs\/tags\/(?:.*\/)?git-annex$/i;

/**
 * Where clients have git-annex branches, and what is ours, which git refuses by itself. Elsewhere, one hides the
 * branch behind a short name, or is another thing of that name.
 */
const mayBeAnnexRef = /^refs\/(?:heads|remotes|synced|ballast)\//i;

/** Names that git looks a short name up under before it comes to branches (gitrevisions(7)). */
const ambiguous = /^refs\/(?:heads\/HEAD|tags\/HEAD)$/i;

/**
 * Why a command of a push is not taken, whatever it asks for; `undefined` when it is. Nobody may
 * replace objects. Who may only append writes branches, which git keeps from being rewound or
 * deleted, and new tags: git has no rule of its own for what lies elsewhere, and lets tags be moved.
 * Branches named git-annex are merged, and so have rules of their own. What would keep others from pushing under
 * the names that git-annex uses is a tag of a branch's name, or a branch below a branch's name.
 *
 * @param by.branches names of the branches that there are, for who may only append.
 */
export function refusalOfRef(
  command: PushCommand,
  by: { readonly mayOverrule: boolean; readonly branches: ReadonlySet<string> },
): string | undefined {
  const { from, ref, to } = command;
  const isDeletion = none.test(to);
  if (ref.toLowerCase().startsWith(replacing)) return 'objects are not replaced by a push';
  if (belowAnnexRef.test(ref) && !(isDeletion && by.mayOverrule))
    return 'nothing lies below the name git-annex';
  if (annexTag.test(ref) && !isDeletion) {
    return 'no tag may have the name of the git-annex branch';
  }
  if (isAnnexRef(ref) && !isDeletion && !mayBeAnnexRef.test(ref)) {
    return 'only a branch has the name of the git-annex branch';
  }
  if (by.mayOverrule || (isAnnexRef(ref) && ref.startsWith('refs/heads/'))) return undefined;
  // Git itself keeps a branch from deletion only of who says what it was.
  if (isDeletion)
    return 'who may only append neither moves tags nor deletes them, nor deletes branches';
  if (ambiguous.test(ref)) return 'no branch or tag may be named HEAD';
  if (ref.startsWith('refs/heads/')) return blocked(ref.slice('refs/heads/'.length), by.branches);
  if (!ref.startsWith('refs/tags/')) return 'who may only append pushes branches and new tags';
  if (!none.test(from)) return 'who may only append neither moves tags nor deletes them';
  const name = ref.slice('refs/tags/'.length);
  const isTaken = isBranch(name, by.branches) || /^synced(?:\/|$)/i.test(name);
  return isTaken ? 'a tag may not have the name of a branch' : undefined;
}

/** What a push names in place of a commit that there is not. */
const none = /^0+$/;

/** Branches that clients push to before they are there. */
const usual: ReadonlySet<string> = new Set(['main', 'master', 'git-annex', 'head']);

/** Whether a name is that of a branch, or will be; some file systems do not tell cases apart. */
function isBranch(name: string, branches: ReadonlySet<string>): boolean {
  const lower = name.toLowerCase();
  return usual.has(lower) || [...branches].some((one) => one.toLowerCase() === lower);
}

/** `git annex sync` pushes each branch B to `synced/B`, where nothing may lie below. */
function blocked(branch: string, branches: ReadonlySet<string>): string | undefined {
  const why = 'it would keep others from pushing to a branch of git-annex';
  const parts = branch.split('/');
  const [first = ''] = parts;
  if (parts.length > 1 && usual.has(first.toLowerCase())) return why;
  if (first.toLowerCase() !== 'synced') return undefined;
  if (parts.length === 1) return why;
  for (let length = 2; length < parts.length; length += 1) {
    const synced = parts.slice(1, length).join('/');
    if (isBranch(synced, branches)) return why;
  }
  return undefined;
}
