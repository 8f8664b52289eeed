import { describe, expect, it } from 'vitest';
import { refusalOfRef } from '../../../src/gateway/pushes/ref-rules.ts';

const none = '0'.repeat(40);
const [one, other] = ['1'.repeat(40), '2'.repeat(40)];
const branches = new Set(['main', 'feature/x', 'work']);

function refusal(ref: string, mayOverrule: boolean, from = none, to = one): string | undefined {
  return refusalOfRef({ from, to, ref }, { mayOverrule, branches });
}

describe('a ref that is pushed', () => {
  it('never stands in the way of the git-annex branch, whoever pushes', () => {
    for (const mayOverrule of [true, false]) {
      for (const ref of [
        'refs/heads/git-annex/x',
        'refs/heads/synced/git-annex/x',
        'refs/heads/synced/GIT-ANNEX/x/y',
        'refs/tags/git-annex',
        'refs/tags/synced/git-annex',
        'refs/replace/1234',
        'refs/git-annex',
        'refs/notes/git-annex',
        'refs/Git-Annex',
      ]) {
        expect(refusal(ref, mayOverrule), ref).toBeDefined();
      }
      for (const ref of [
        'refs/heads/git-annex',
        'refs/heads/synced/git-annex',
        'refs/heads/main',
        'refs/heads/synced/main',
        'refs/heads/synced/feature/x',
        'refs/heads/new/branch',
        'refs/tags/v1',
        'refs/tags/git-annex-10',
      ]) {
        expect(refusal(ref, mayOverrule), ref).toBeUndefined();
      }
    }
  });

  it('of who may only append has no name, and lies below none, that others push to', () => {
    for (const ref of [
      'refs/tags/main',
      'refs/tags/Main',
      'refs/tags/WORK',
      'refs/heads/master/x',
      'refs/heads/Synced/main/x',
      'refs/tags/master',
      'refs/tags/work',
      'refs/tags/synced/main',
      'refs/tags/HEAD',
      'refs/heads/HEAD',
      'refs/heads/synced',
      'refs/heads/synced/main/x',
      'refs/heads/synced/master/x',
      'refs/heads/synced/work/x/y',
      'refs/heads/synced/feature/x/y',
      'refs/git-annex',
      'refs/remotes/origin/git-annex',
      'refs/notes/x',
    ]) {
      expect(refusal(ref, false), ref).toBeDefined();
    }
    expect(refusal('refs/heads/synced/feature/y', false)).toBeUndefined();
  });

  it('of who may only append is never deleted, whatever he says that it was', () => {
    for (const ref of ['refs/heads/main', 'refs/heads/synced/main', 'refs/tags/v1']) {
      expect(refusal(ref, false, none, none), ref).toBeDefined();
      expect(refusal(ref, false, one, none), ref).toBeDefined();
      expect(refusal(ref, true, one, none), ref).toBeUndefined();
    }
    expect(refusal('refs/git-annex', true, one, none)).toBeUndefined();
    expect(refusal('refs/remotes/origin/git-annex', true)).toBeUndefined();
    expect(refusal('refs/heads/synced/git-annex/x', true, one, none)).toBeUndefined();
    expect(refusal('refs/heads/synced/git-annex/x', false, one, none)).toBeDefined();
  });

  it('of who may only append moves and deletes no tag, whatever its name', () => {
    for (const ref of ['refs/tags/v1', 'refs/tags/git-annex', 'refs/tags/x/git-annex']) {
      expect(refusal(ref, false, one, other), ref).toBeDefined();
      expect(refusal(ref, false, one, none), ref).toBeDefined();
      expect(refusal(ref, true, one, none), ref).toBeUndefined();
    }
  });
});
