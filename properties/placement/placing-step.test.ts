import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  beginPlacing,
  stepPlacing,
  type PlacementDecision,
  type PlacingAct,
} from '../../src/placement/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { imaginaryUuid } from '../../test/support/presence.ts';
import { check } from '../settings.ts';

/** What is true of a node, and known to nobody before it is asked. */
interface Truth {
  readonly isLogged: boolean;
  readonly holds: boolean;
  readonly answers: boolean;
  readonly takes: boolean;
  readonly wants: boolean;
}

const truths = fc.array(
  fc.record({
    isLogged: fc.boolean(),
    holds: fc.boolean(),
    answers: fc.boolean(),
    takes: fc.boolean(),
    wants: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

interface Run {
  readonly acts: PlacingAct[];
  readonly nodes: ReadonlyMap<Uuid, Truth>;
}

/** Goes all steps in a world where nothing changes but what is found out. */
function run(world: readonly Truth[], copies: number, refusesUnwanted: boolean): Run {
  const nodes = new Map(world.map((truth, at) => [imaginaryUuid(at + 1), truth]));
  let step = beginPlacing({ nodes: [...nodes.keys()], refusesUnwanted });
  const acts = [step.act];
  const truth = (uuid: Uuid): Truth | undefined => nodes.get(uuid);
  while (step.act.kind !== 'settled' && step.act.kind !== 'refuse') {
    const { act } = step;
    if (act.kind === 'decide') {
      const decision = decisionOf(act.nodes, { truth, copies, without: act.without });
      step = stepPlacing(step, { kind: 'decided', decision });
    } else if (act.kind === 'ask') {
      const asked = act.nodes.filter((uuid) => truth(uuid)?.answers === true);
      const answered = new Map(asked.map((uuid) => [uuid, truth(uuid)?.holds === true]));
      step = stepPlacing(step, { kind: 'held', answered });
    } else {
      const failed = act.nodes.filter((uuid) => truth(uuid)?.takes === false);
      step = stepPlacing(step, { kind: 'tried', failed });
    }
    acts.push(step.act);
    if (acts.length > 1000) throw new Error('it goes on for ever');
  }
  return { acts, nodes };
}

/** As fanout: those that want it up to a number of copies, else all; nothing when enough hold it. */
function decisionOf(
  on: readonly Uuid[],
  by: {
    readonly truth: (uuid: Uuid) => Truth | undefined;
    readonly copies: number;
    readonly without: readonly Uuid[];
  },
): PlacementDecision {
  const isHeld = (uuid: Uuid): boolean =>
    by.truth(uuid)?.isLogged === true && !by.without.includes(uuid);
  const holders = on.filter(isHeld);
  const wanting = on.filter((uuid) => by.truth(uuid)?.wants === true && !isHeld(uuid));
  const nodes = wanting.slice(0, Math.max(0, by.copies - holders.length));
  if (nodes.length > 0) return { kind: 'store', nodes, holders };
  if (holders.length > 0) return { kind: 'alreadyHeld', nodes: [], holders };
  return { kind: 'unwanted', nodes: on, holders };
}

test('placing ends, after no more decisions than (n + 1)²', () => {
  check(
    fc.property(truths, fc.integer({ min: 1, max: 4 }), fc.boolean(), (world, copies, refuses) => {
      const { acts } = run(world, copies, refuses);
      const decisions = acts.filter(({ kind }) => kind === 'decide').length;
      expect(decisions).toBeLessThanOrEqual((world.length + 1) ** 2);
    }),
  );
});

test('only a node that has said that it holds the key is called a holder', () => {
  check(
    fc.property(truths, fc.integer({ min: 1, max: 4 }), (world, copies) => {
      const { acts, nodes } = run(world, copies, false);
      for (const act of acts) {
        if (act.kind !== 'try') continue;
        for (const uuid of act.holders) {
          expect(nodes.get(uuid)).toMatchObject({ holds: true, answers: true });
        }
      }
    }),
  );
});

test('what is settled was taken by all that were tried last, and nothing is tried again that failed', () => {
  check(
    fc.property(truths, fc.integer({ min: 1, max: 4 }), (world, copies) => {
      const { acts, nodes } = run(world, copies, false);
      const tries = acts.flatMap((act) => (act.kind === 'try' ? [act.nodes] : []));
      expect(tries.at(-1)?.every((uuid) => nodes.get(uuid)?.takes)).toBe(true);
      const failures = tries.flatMap((uuids) => uuids.filter((uuid) => !nodes.get(uuid)?.takes));
      expect(new Set(failures).size).toBe(failures.length);
    }),
  );
});

test('where a node wants the key, takes it and does not hold it, nobody is told that it is nowhere', () => {
  check(
    fc.property(truths, fc.integer({ min: 1, max: 4 }), (world, copies) => {
      const { acts } = run(world, copies, false);
      const last = acts.findLast((act) => act.kind === 'try');
      const isPossible = world.some(
        ({ wants, takes, isLogged, answers, holds }) =>
          wants && takes && (!isLogged || (answers && !holds)),
      );
      const isSomewhere = (last?.nodes.length ?? 0) + (last?.holders.length ?? 0) > 0;
      expect(isSomewhere || !isPossible).toBe(true);
    }),
  );
});
