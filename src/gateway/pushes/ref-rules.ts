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
  const { from, ref } = command;
  if (ref.toLowerCase().startsWith(replacing)) return 'objects are not replaced by a push';
  if (belowAnnexRef.test(ref)) return 'nothing lies below the name git-annex';
  if (annexTag.test(ref) && !/^0+$/.test(command.to)) {
    return 'no tag may have the name of the git-annex branch';
  }
  if (by.mayOverrule || (isAnnexRef(ref) && ref.startsWith('refs/heads/'))) return undefined;
  if (ambiguous.test(ref)) return 'no branch or tag may be named HEAD';
  if (ref.startsWith('refs/heads/')) return blocked(ref.slice('refs/heads/'.length), by.branches);
  if (!ref.startsWith('refs/tags/')) return 'who may only append pushes branches and new tags';
  if (!/^0+$/.test(from)) return 'who may only append neither moves tags nor deletes them';
  const name = ref.slice('refs/tags/'.length);
  const isBranch = usual.has(name) || by.branches.has(name) || name.startsWith('synced/');
  return isBranch ? 'a tag may not have the name of a branch' : undefined;
}

/** Branches that clients push to before they are there. */
const usual: ReadonlySet<string> = new Set(['main', 'master', 'git-annex', 'HEAD']);

/** `git annex sync` pushes each branch B to `synced/B`, where nothing may lie below. */
function blocked(branch: string, branches: ReadonlySet<string>): string | undefined {
  const why = 'it would keep others from pushing to a branch of git-annex';
  if (branch === 'synced') return why;
  const parts = branch.split('/');
  if (parts[0] !== 'synced') return undefined;
  for (let length = 2; length < parts.length; length += 1) {
    const synced = parts.slice(1, length).join('/');
    if (usual.has(synced) || branches.has(synced)) return why;
  }
  return undefined;
}
