import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CallBound, type CallKind } from '../../src/repository/files/call-bound.ts';
import { ThreadBudget } from '../../src/repository/files/thread-budget.ts';
import { checkAsync } from '../settings.ts';

type Step =
  | { readonly is: 'call'; readonly disk: number; readonly kind: CallKind }
  | { readonly is: 'back'; readonly which: number }
  | { readonly is: 'giveUp'; readonly which: number }
  | { readonly is: 'later'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('call' as const),
      disk: fc.nat(2),
      kind: fc.constantFrom<CallKind>('question', 'change', 'sync'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('back' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('giveUp' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant('later' as const), ms: fc.constantFrom(1, 2000) }),
  },
);

interface Call {
  readonly disk: number;
  readonly kind: CallKind;
  readonly stop: AbortController;
  state: 'waiting' | 'running' | 'over';
  back: () => void;
}

const waitingMax = 6;
const turn = (): Promise<void> => new Promise(setImmediate);

/** Disks whose calls come back when they are told to, and a clock that stands still. */
class Machine {
  nowMs = 0;
  readonly calls: Call[] = [];
  readonly bounds: readonly CallBound[];

  constructor(threads: number) {
    const budget = new ThreadBudget({ threads, nowMs: () => this.nowMs });
    this.bounds = [0, 1, 2].map(() => new CallBound(budget, { waitingMax }));
  }

  of(state: Call['state'], disk?: number): Call[] {
    return this.calls.filter((one) => one.state === state && (disk ?? one.disk) === one.disk);
  }

  async do(step: Step): Promise<void> {
    if (step.is === 'later') this.nowMs += step.ms;
    if (step.is === 'call') this.#call(step.disk, step.kind);
    const running = this.of('running');
    if (step.is === 'back') running[step.which % Math.max(1, running.length)]?.back();
    const waiting = this.of('waiting');
    if (step.is === 'giveUp') {
      waiting[step.which % Math.max(1, waiting.length)]?.stop.abort(new Error('given up'));
    }
    await turn();
  }

  #call(disk: number, kind: CallKind): void {
    const bound = this.bounds[disk];
    const call: Call = {
      disk,
      kind,
      stop: new AbortController(),
      state: 'waiting',
      back: () => undefined,
    };
    this.calls.push(call);
    const made = (): Promise<void> => {
      call.state = 'running';
      return new Promise((resolve) => {
        call.back = resolve;
      });
    };
    const over = (): void => {
      call.state = 'over';
    };
    bound?.run(kind, made, { signal: call.stop.signal }).then(over, over);
  }
}

it('keeps every law of bounded calls, whatever comes back and whatever hangs', async () => {
  await checkAsync(
    fc.asyncProperty(
      fc.constantFrom(1, 2, 3, 4, 16),
      fc.array(step, { maxLength: 80 }),
      async (threads, steps) => {
        const machine = new Machine(threads);
        for (const step of steps) {
          await machine.do(step);
          for (const [disk, bound] of machine.bounds.entries()) {
            const running = machine.of('running', disk);
            const waiting = machine.of('waiting', disk);
            assert.equal(bound.running, running.length);
            assert.equal(bound.waiting, waiting.length);
            assert(waiting.length <= waitingMax, 'the queue has no end');
            // Half of the threads, and one more for a question.
            const changes = Math.max(1, Math.min(4, Math.floor(threads / 2)));
            assert(running.filter(({ kind }) => kind !== 'question').length <= changes);
            assert(running.length <= Math.max(1, Math.min(changes + 1, threads - 1)));
            assert(running.length > 0 || waiting.length === 0, 'somebody waits for nothing');
          }
        }
      },
    ),
    150,
  );
});

/** So many calls of each kind to a disk that never come back. */
async function hang(machine: Machine, disk: number): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await machine.do({ is: 'call', disk, kind: 'change' });
    await machine.do({ is: 'call', disk, kind: 'question' });
  }
  await machine.do({ is: 'later', ms: 5000 });
}

it('leaves threads to the third disk when two hang, and fewer to the second than to the first', async () => {
  const machine = new Machine(16);
  await hang(machine, 0);
  await hang(machine, 1);

  await hang(machine, 2);

  const threads = [0, 1, 2].map((disk) => machine.of('running', disk).length);
  expect(threads).toEqual([5, 5, 4]);
  expect(machine.of('running').length).toBeLessThan(16);
});

it('lets a question pass changes that hang, and one that asks why pass all that wait', async () => {
  const machine = new Machine(4);
  for (let i = 0; i < 4; i += 1) await machine.do({ is: 'call', disk: 0, kind: 'change' });
  await machine.do({ is: 'call', disk: 0, kind: 'question' });
  expect(machine.of('running').map(({ kind }) => kind)).toEqual(['change', 'change', 'question']);

  const order: string[] = [];
  const first = machine.bounds[0]?.run('change', async () => void order.push('first'), {
    isFirst: true,
  });
  machine.of('running')[0]?.back();
  await first;
  await turn();

  expect(order).toEqual(['first']);
  expect(machine.of('waiting').length).toBe(1);
});

it('refuses what would be of no use, and never what gives something back', async () => {
  const machine = new Machine(4);
  const [bound] = machine.bounds;
  for (let i = 0; i < 2 + waitingMax; i += 1) {
    await machine.do({ is: 'call', disk: 0, kind: 'change' });
  }

  await expect(bound?.run('change', turn)).rejects.toThrow('calls wait for this disk already');
  await bound?.run('question', turn, { isEnd: true });

  for (const call of machine.of('running')) call.back();
  await turn();
  expect(machine.of('running').length).toBe(2);
});

it('tells when a call of a kind comes back, and of no other kind', async () => {
  const machine = new Machine(16);
  const told: string[] = [];
  const [bound] = machine.bounds;
  void bound?.ends('sync').then(() => told.push('sync'));
  void bound?.ends('change').then(() => told.push('change'));

  await bound?.run('change', turn);
  await turn();

  expect(told).toEqual(['change']);
});
