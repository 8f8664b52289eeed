/** How long silence lasts before something is done about it, milliseconds. */
export interface SuspicionLimits {
  /** Until a node that does not answer is asked whether it is there. */
  readonly doubtMs: number;
  /** Until it is suspected, when it does not answer that either. */
  readonly probeMs: number;
  /** Until a suspected node is asked again; each time twice as long. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
}

/** What came of a question. */
export type Outcome = 'answered' | 'failed';

/** What a node is to its gateway. */
export type Standing =
  | { readonly kind: 'trusted' }
  /** It answers nothing, not even whether it is there; since when that is known. */
  | { readonly kind: 'suspected'; readonly sinceMs: number };

/** How much a pause is shortened by chance at most, so that gateways do not all ask at once. */
const jitter = 0.25;

/**
 * Whether a node answers: a hung one is to be found out once, and a slow one not to be taken for it.
 *
 * 1. A question that has no answer for long raises a doubt: the node is probed, one probe at a time.
 * 2. When anything is answered, the doubt is over, and the next one comes later than this one did.
 * 3. When nothing is, the probe included, the node is suspected: nobody waits for it any more.
 * 4. An answer clears it, that of the probe or of any question of before, however late. A probe that
 *    fails is made again after a pause. Pauses grow, and go on growing when the suspicion comes back
 *    soon after it was cleared.
 *
 * Has no clock: it is told the time, and tells when it wants to be told again.
 */
export class Suspicion {
  readonly #limits: SuspicionLimits;
  readonly #random: () => number;
  /** When the questions under way were asked, oldest first. */
  readonly #asked = new Map<number, number>();
  #standing: Standing = { kind: 'trusted' };
  #questions = 0;
  #probeSinceMs: number | undefined;
  #lastAnswerMs = -Infinity;
  /** No probe begins before. */
  #notBeforeMs = -Infinity;
  /** Probes in a row that were answered, while questions were not. */
  #doubts = 0;
  /** Suspicions, and probes of them in vain, that came soon one after the other. */
  #inVain = 0;
  #clearedMs = -Infinity;

  /** @param random from 0 to below 1. */
  constructor(limits: SuspicionLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Whether a question has waited for so long that another node may be asked, too. */
  isDoubted(nowMs: number): boolean {
    return this.#standing.kind === 'suspected' || nowMs - this.#oldestMs() >= this.#limits.doubtMs;
  }

  /** A question is put to the node; gives its number. */
  ask(nowMs: number): number {
    this.#questions += 1;
    this.#asked.set(this.#questions, nowMs);
    return this.#questions;
  }

  /** Something has come of a question. */
  end(question: number, outcome: Outcome, nowMs: number): void {
    this.#asked.delete(question);
    if (outcome === 'answered') this.#answered(nowMs);
    if (this.#asked.size > 0 || this.#standing.kind === 'suspected') return;
    this.#doubts = 0;
    this.#notBeforeMs = -Infinity;
  }

  /** What is to be done now. After `probe`, {@link probed} is to be told what came of it. */
  next(
    nowMs: number,
  ): { readonly kind: 'probe' } | { readonly kind: 'wait'; readonly untilMs: number } {
    if (this.#probeSinceMs !== undefined) return this.#awaitProbe(this.#probeSinceMs, nowMs);
    const dueMs = Math.max(this.#notBeforeMs, this.#wantedMs());
    if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
    this.#probeSinceMs = nowMs;
    return { kind: 'probe' };
  }

  /** What came of the probe. A refusal in time is a sign of life as well. */
  probed(outcome: Outcome, nowMs: number): void {
    const silentMs = nowMs - Math.max(this.#probeSinceMs ?? nowMs, this.#lastAnswerMs);
    this.#probeSinceMs = undefined;
    if (outcome === 'failed' && silentMs >= this.#limits.probeMs) {
      this.#suspect(nowMs);
      this.#pauseInVain(nowMs);
      return;
    }
    this.#answered(nowMs);
    this.#notBeforeMs = nowMs + this.#pauseAfter(this.#doubts);
    this.#doubts += 1;
  }

  #awaitProbe(sinceMs: number, nowMs: number): { readonly kind: 'wait'; readonly untilMs: number } {
    if (this.#standing.kind === 'suspected') return { kind: 'wait', untilMs: Infinity };
    const silentSinceMs = Math.max(sinceMs, this.#lastAnswerMs, this.#oldestMs());
    const overMs = silentSinceMs + this.#limits.probeMs;
    if (nowMs < overMs) return { kind: 'wait', untilMs: overMs };
    this.#suspect(nowMs);
    return { kind: 'wait', untilMs: Infinity };
  }

  /** A suspected node is probed for ever, a trusted one while a question has no answer. */
  #wantedMs(): number {
    if (this.#standing.kind === 'suspected') return -Infinity;
    return this.#oldestMs() + this.#limits.doubtMs;
  }

  #oldestMs(): number {
    const [oldest] = this.#asked.values();
    return oldest ?? Infinity;
  }

  #answered(nowMs: number): void {
    this.#lastAnswerMs = nowMs;
    if (this.#standing.kind === 'trusted') return;
    this.#standing = { kind: 'trusted' };
    this.#clearedMs = nowMs;
  }

  #suspect(nowMs: number): void {
    if (this.#standing.kind === 'suspected') return;
    this.#standing = { kind: 'suspected', sinceMs: nowMs };
    if (nowMs - this.#clearedMs > this.#limits.pauseMsMax) this.#inVain = 0;
  }

  #pauseInVain(nowMs: number): void {
    this.#notBeforeMs = nowMs + this.#pauseAfter(this.#inVain);
    this.#inVain += 1;
  }

  #pauseAfter(times: number): number {
    const { pauseMs, pauseMsMax } = this.#limits;
    return Math.min(pauseMsMax, pauseMs * 2 ** times) * (1 - jitter * this.#random());
  }
}
