import { serializeKey, type Key } from '../../key/index.ts';
import { asError } from '../../units/index.ts';
import type { CopyFinding } from './copy-mender.ts';
import type { Restored } from './restore-copy.ts';

/**
 * What was found of a copy and done about it, as a sentence; `undefined` where nothing is to be said.
 * @param node what people call it.
 */
export function findingWords(node: string, key: Key, finding: CopyFinding): string | undefined {
  const name = serializeKey(key);
  switch (finding.kind) {
    case 'good':
    case 'nothing':
    case 'away':
      return undefined;
    case 'noted':
      return `${node} has ${name}, which the location log did not say; it says so now`;
    case 'unread':
      return `the copy of ${name} on ${node} could not be judged: ${finding.why}`;
    case 'gone':
      return `the copy of ${name} on ${node} is gone; the location log says so now, ${restoredWords(finding.restored)}`;
    case 'damaged':
      return `the copy of ${name} on ${node} is damaged; ${damagedWords(finding)}`;
  }
}

function damagedWords(finding: Extract<CopyFinding, { kind: 'damaged' }>): string {
  const { quarantined, failure, restored } = finding;
  if (failure !== undefined) {
    return `it could not be moved out of the way, which is tried again: ${asError(failure).message}`;
  }
  if (quarantined === undefined) {
    return 'nothing is removed there from here: run "git annex fsck" in that repository';
  }
  if (quarantined.outcome === 'locked') {
    return 'it is locked, as a client relies on it, and will be moved out of the way afterwards';
  }
  return `it was moved to ${quarantined.where ?? 'annex/bad'}, ${restoredWords(restored)}`;
}

function restoredWords(restored: Restored | undefined): string {
  if (restored === undefined) return 'and is not restored';
  if (restored.kind === 'restored') return `and restored from ${restored.from}`;
  if (restored.kind === 'later') return `and could not be restored yet: ${restored.why}`;
  return 'and NO OTHER COPY of it is known that could be read';
}
