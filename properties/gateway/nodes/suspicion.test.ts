import fc from 'fast-check';
import { describe, it } from 'vitest';
import assert from 'node:assert/strict';
import { Suspicion, type SuspicionLimits } from '../../../src/gateway/nodes/watch/suspicion.ts';
import { check } from '../../settings.ts';

/** What happens to a node, one thing after the other. */
type Event =
  | { readonly kind: 'ask' }
  | { readonly kind: 'end'; readonly which: number; readonly outcome: 'answered' | 'failed' }
  | { readonly kind: 'probed'; readonly outcome: 'answered' | 'failed' }
  | { readonly kind: 'later'; readonly ms: number };

const outcome = fc.constantFrom('answered' as const, 'failed' as const);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constant({ kind: 'ask' as const }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(9), outcome }),
  fc.record({ kind: fc.constant('probed' as const), outcome }),
  fc.record({ kind: fc.constant('later' as const), ms: fc.integer({ min: 1, max: 4000 }) }),
);
const limits: SuspicionLimits = { doubtMs: 100, probeMs: 500, pauseMs: 50, pauseMsMax: 3000 };

/** A suspicion with a clock that only we move, and what was seen of it. */
class Story {
  nowMs = 0;
  probes = 0;
  /** When the probe under way began. */
  probeMs: number | undefined;
  lastAnswerMs = 0;
  open: { readonly question: number; readonly sinceMs: number }[] = [];
  readonly suspicion = new Suspicion(limits, () => 0.5);

  tell(event: Event): void {
    if (event.kind === 'later') return this.#later(event.ms);
    if (event.kind === 'ask') {
      this.open.push({ question: this.suspicion.ask(this.nowMs), sinceMs: this.nowMs });
    }
    if (event.kind === 'end') this.#end(event);
    if (event.kind === 'probed' && this.probeMs !== undefined) {
      if (event.outcome === 'answered') this.lastAnswerMs = this.nowMs;
      this.probeMs = undefined;
      this.suspicion.probed(event.outcome, this.nowMs);
    }
    this.attend();
  }

  /** As whoever drives it does: looks, and begins the probe that is due. */
  attend(): number {
    for (;;) {
      const due = this.suspicion.next(this.nowMs);
      if (due.kind === 'wait') return due.untilMs;
      assert.equal(this.probeMs, undefined, 'two probes at once');
      this.probes += 1;
      this.probeMs = this.nowMs;
    }
  }

  #end({ which, outcome }: Extract<Event, { kind: 'end' }>): void {
    const [ended] = this.open.splice(which % Math.max(1, this.open.length), 1);
    if (ended === undefined) return;
    if (outcome === 'answered') this.lastAnswerMs = this.nowMs;
    this.suspicion.end(ended.question, outcome, this.nowMs);
  }

  #later(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let untilMs = this.attend(); untilMs <= endMs; untilMs = this.attend()) {
      assert(untilMs > this.nowMs, 'it wants to be told again at once');
      this.nowMs = untilMs;
    }
    this.nowMs = endMs;
    this.attend();
  }
}

const stories = fc.array(event, { maxLength: 60 });

function told(events: readonly Event[], law: (story: Story, event: Event) => void): void {
  const story = new Story();
  for (const event of events) {
    story.tell(event);
    law(story, event);
  }
}

describe('a suspicion', () => {
  it('has at most one probe under way', () => {
    check(
      fc.property(stories, (events) => {
        told(events, (story) => {
          const isProbing = story.probeMs !== undefined;
          assert(!isProbing || story.suspicion.next(story.nowMs).kind === 'wait');
        });
      }),
    );
  });

  it('is cleared by every answer, of the probe or of a question', () => {
    check(
      fc.property(stories, (events) => {
        told(events, (story, event) => {
          const isAnswer = 'outcome' in event && event.outcome === 'answered';
          if (!isAnswer || story.lastAnswerMs !== story.nowMs || story.nowMs === 0) return;
          assert.equal(story.suspicion.standing.kind, 'trusted');
        });
      }),
    );
  });

  it('begins only after a probe found nothing, and no answer came meanwhile', () => {
    check(
      fc.property(stories, (events) => {
        const story = new Story();
        for (const event of events) {
          const { probeMs } = story;
          const was = story.suspicion.standing.kind;
          story.tell(event);
          if (was === 'suspected' || story.suspicion.standing.kind === 'trusted') continue;
          const silentMs = story.nowMs - Math.max(story.lastAnswerMs, probeMs ?? 0);
          assert(event.kind === 'later' || silentMs >= limits.probeMs);
        }
      }),
    );
  });

  it('begins for whoever says nothing at all, in the time that the limits tell', () => {
    check(
      fc.property(stories, (events) => {
        const story = new Story();
        for (const event of events) story.tell(event);
        story.tell({ kind: 'ask' });
        const most = limits.doubtMs + limits.probeMs + limits.pauseMsMax;
        story.tell({ kind: 'later', ms: most });
        assert.equal(story.suspicion.standing.kind, 'suspected');
      }),
    );
  });

  it('is probed again and again, at growing distances up to a bound', () => {
    const story = new Story();
    story.tell({ kind: 'ask' });
    const begunMs: number[] = [];
    while (begunMs.length < 12) {
      story.tell({ kind: 'later', ms: 1 });
      if (story.probeMs === undefined || story.nowMs - story.probeMs < limits.probeMs) continue;
      begunMs.push(story.probeMs);
      story.tell({ kind: 'probed', outcome: 'failed' });
    }
    const gaps = begunMs.slice(1).map((ms, i) => ms - (begunMs[i] ?? 0) - limits.probeMs);
    const wanted = gaps.map((_, i) => Math.min(limits.pauseMsMax, limits.pauseMs * 2 ** i) * 0.875);
    for (const [i, gap] of gaps.entries()) assert(Math.abs(gap - (wanted[i] ?? 0)) <= 2, `${gap}`);
  });

  it('does not come of a node that is slow and answers its probes', () => {
    const story = new Story();
    story.tell({ kind: 'ask' });
    for (let ms = 0; ms < 600_000; ms += 100) {
      story.tell({ kind: 'later', ms: 100 });
      if (story.probeMs !== undefined) story.tell({ kind: 'probed', outcome: 'answered' });
      assert.equal(story.suspicion.standing.kind, 'trusted');
    }
    // Ever more rarely: a question of ten minutes is not worth a probe a second.
    assert(story.probes < 600_000 / (0.75 * limits.pauseMsMax) + 20, `${story.probes} probes`);
  });
});
