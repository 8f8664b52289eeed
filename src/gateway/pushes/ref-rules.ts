import { isAnnexRef, type PushCommand } from '../../protocol/index.ts';

/**
 * What git takes for an object in place of another one (git-replace(1)): who writes one changes what
 * every ref leads to, the git-annex branch too, without moving it.
 */
const replacing = 'refs/replace/';

/** Names that git looks a short name up under before it comes to branches (gitrevisions(7)). */
const ambiguous = /^refs\/(?:heads\/HEAD|tags\/HEAD)$/i;

/**
 * Why a command of a push is not taken, whatever it asks for; `undefined` when it is. Nobody may
 * replace objects. Who may only append writes branches, which git keeps from being rewound or
 * deleted, and new tags: git has no rule of its own for what lies elsewhere, and lets tags be moved.
 * Refs named git-annex are merged, and so have rules of their own.
 */
export function refusalOfRef(command: PushCommand, mayOverrule: boolean): string | undefined {
  const { from, ref } = command;
  if (ref.toLowerCase().startsWith(replacing)) return 'objects are not replaced by a push';
  if (mayOverrule || isAnnexRef(ref)) return undefined;
  if (ambiguous.test(ref)) return 'no branch or tag may be named HEAD';
  if (ref.startsWith('refs/heads/')) return undefined;
  if (!ref.startsWith('refs/tags/')) return 'who may only append pushes branches and new tags';
  return /^0+$/.test(from) ? undefined : 'who may only append neither moves tags nor deletes them';
}
