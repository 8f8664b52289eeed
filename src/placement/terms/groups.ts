/** The terms about whole groups (spec/expressions.md section 6.8). */
import type { Annex } from '../world/annex.ts';
import { isLeft, type Operand } from '../world/question.ts';

/** `inallgroup=`: true without members; false when a member is gone; else all of them have it. */
export function compileInAllGroup(name: string, annex: Annex): Operand {
  const { members, places } = annex.group(name);
  if (members.length === 0) return () => true;
  return (question) => {
    if (question.isGone && places.has(question.repository)) return false;
    const { live, clusters } = question.presence;
    return members.every((member) => live.includes(member) || clusters.includes(member));
  };
}

/** `onlyingroup=`: some member is left, and every one left is a member. */
export function compileOnlyInGroup(name: string, annex: Annex): Operand {
  const { members, places } = annex.group(name);
  if (members.length === 0) return () => false;
  return (question) => {
    const left = [...question.presence.live, ...question.presence.clusters].filter((uuid) =>
      isLeft(question, uuid),
    );
    return left.length > 0 && left.every((uuid) => places.has(uuid));
  };
}
