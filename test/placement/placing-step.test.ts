import { describe, expect, it } from 'vitest';
import {
  beginPlacing,
  stepPlacing,
  type PlacementDecision,
  type PlacingAct,
  type PlacingAnswer,
  type PlacingStep,
} from '../../src/placement/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { imaginaryUuid } from '../support/presence.ts';

const names = ['n1', 'n2', 'n3'] as const;
type Name = (typeof names)[number];
const uuids = new Map<Name, Uuid>(names.map((name, at) => [name, imaginaryUuid(at + 1)]));
const uuidsOf = (list: readonly Name[]): Uuid[] => list.flatMap((name) => uuids.get(name) ?? []);
const namesOf = (list: readonly Uuid[]): Name[] =>
  names.filter((name) => list.includes(uuids.get(name) ?? imaginaryUuid(9)));

/** A placing whose answers are given one by one, and whose acts are read as words. */
class Story {
  #step: PlacingStep;

  constructor(options: { readonly refusesUnwanted?: boolean } = {}) {
    const { refusesUnwanted = false } = options;
    this.#step = beginPlacing({ nodes: uuidsOf(names), refusesUnwanted });
  }

  get act(): string {
    return wordsOf(this.#step.act);
  }

  decided(
    kind: PlacementDecision['kind'],
    on: { nodes?: readonly Name[]; holders?: readonly Name[] },
  ): this {
    const { nodes = [], holders = [] } = on;
    const decision = { kind, nodes: uuidsOf(nodes), holders: uuidsOf(holders) };
    return this.#answer({ kind: 'decided', decision });
  }

  held(answers: Partial<Record<Name, boolean>>): this {
    const answered = new Map<Uuid, boolean>();
    for (const [name, uuid] of uuids) {
      const isHeld = answers[name];
      if (isHeld !== undefined) answered.set(uuid, isHeld);
    }
    return this.#answer({ kind: 'held', answered });
  }

  tried(...failed: Name[]): this {
    return this.#answer({ kind: 'tried', failed: uuidsOf(failed) });
  }

  #answer(answer: PlacingAnswer): this {
    this.#step = stepPlacing(this.#step, answer);
    return this;
  }
}

function wordsOf(act: PlacingAct): string {
  const list = (uuids: readonly Uuid[]): string => namesOf(uuids).join(' ') || 'nobody';
  if (act.kind === 'decide') {
    const without = act.without.length === 0 ? '' : `, as if not on ${list(act.without)}`;
    return `decide on ${list(act.nodes)}${without}`;
  }
  if (act.kind === 'ask') return `ask ${list(act.nodes)}`;
  if (act.kind === 'try') return `try ${list(act.nodes)}, held by ${list(act.holders)}`;
  return act.kind;
}

it('chooses, tries and is settled', () => {
  const story = new Story();
  expect(story.act).toBe('decide on n1 n2 n3');
  expect(story.decided('store', { nodes: ['n3', 'n1'] }).act).toBe('try n1 n3, held by nobody');
  expect(story.tried().act).toBe('settled');
});

describe('nodes that the log says hold the key', () => {
  it('are asked, and count when they do', () => {
    const story = new Story().decided('store', { nodes: ['n2'], holders: ['n1'] });
    expect(story.act).toBe('ask n1');
    expect(story.held({ n1: true }).act).toBe('try n2, held by n1');
  });

  it('are decided without when they do not', () => {
    const story = new Story().decided('store', { nodes: ['n2'], holders: ['n1'] });
    expect(story.held({ n1: false }).act).toBe('decide on n1 n2 n3, as if not on n1');
    expect(story.decided('store', { nodes: ['n1', 'n2'] }).act).toBe('try n1 n2, held by nobody');
  });

  it('count as the log says when they cannot be asked and there is something to store', () => {
    const story = new Story().decided('store', { nodes: ['n2'], holders: ['n1'] });
    expect(story.held({}).act).toBe('try n2, held by nobody');
  });

  it('still count as the log says when another one turns out to hold nothing', () => {
    const story = new Story().decided('store', { nodes: ['n3'], holders: ['n1', 'n2'] });
    expect(story.held({ n1: false }).act).toBe('decide on n1 n2 n3, as if not on n1');
  });

  it('count as the log says when they cannot be asked and another one is sure', () => {
    const story = new Story().decided('alreadyHeld', { holders: ['n1', 'n2'] });
    expect(story.held({ n2: true }).act).toBe('try nobody, held by n2');
  });

  it('are no answer when none of them is sure: the others are decided on', () => {
    const story = new Story().decided('alreadyHeld', { holders: ['n1', 'n2'] });
    expect(story.held({ n2: false }).act).toBe('decide on n2 n3, as if not on n1 n2');
  });
});

describe('nodes that were tried and failed', () => {
  it('are left out, and what others said is asked anew', () => {
    const story = new Story().decided('store', { nodes: ['n1', 'n2'], holders: ['n3'] });
    story.held({ n3: false }).decided('store', { nodes: ['n1', 'n2'] });
    expect(story.tried('n2').act).toBe('decide on n1 n3');
  });

  it('may have been the only ones that want it: the rest is no place for it', () => {
    const story = new Story().decided('store', { nodes: ['n1'] }).tried('n1');
    expect(story.decided('unwanted', { nodes: ['n2', 'n3'] }).act).toBe(
      'try nobody, held by nobody',
    );
  });

  it('are no reason to refuse what the others do not want', () => {
    const story = new Story({ refusesUnwanted: true })
      .decided('store', { nodes: ['n1'] })
      .tried('n1');
    expect(story.decided('unwanted', { nodes: ['n2', 'n3'] }).act).toBe(
      'try nobody, held by nobody',
    );
  });
});

describe('what no node wants', () => {
  it('goes to all', () => {
    const story = new Story().decided('unwanted', { nodes: ['n1', 'n2', 'n3'] });
    expect(story.act).toBe('try n1 n2 n3, held by nobody');
  });

  it('is refused where the cluster is told to', () => {
    const story = new Story({ refusesUnwanted: true });
    expect(story.decided('unwanted', { nodes: ['n1', 'n2', 'n3'] }).act).toBe('refuse');
  });
});

it('takes no answer to what it has not asked', () => {
  expect(() => new Story().tried()).toThrow('tried is no answer to decide');
});

it('does not go on for ever with decisions that name as holders who was to hold nothing', () => {
  const story = new Story()
    .decided('store', { nodes: ['n2'], holders: ['n1'] })
    .held({ n1: false });
  expect(story.act).toBe('decide on n1 n2 n3, as if not on n1');
  expect(() => story.decided('store', { nodes: ['n2'], holders: ['n1'] })).toThrow(
    'as if a node held nothing',
  );
});

it('does not go on for ever with a decision that contradicts itself', () => {
  expect(() => new Story().decided('alreadyHeld', {})).toThrow('said to be held already');
});
