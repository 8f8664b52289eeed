import type { Clock, Timer } from '../../../clock/index.ts';
import { NodeUnavailableError, type ProbeKind, type StorageNode } from '../../../nodes/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { GatewayLimits } from '../../limits.ts';
import type { Notices } from '../../notices/notices.ts';
import { Suspicion, type Outcome } from './suspicion.ts';

/** A node that is known not to answer, so that it was not asked, or is not waited for any longer. */
export class NodeSuspectedError extends NodeUnavailableError {
  constructor(node: string, sinceMs: number) {
    const since = new Date(sinceMs).toISOString();
    super(node, `it has not answered since ${since}; it is asked again`, {
      code: 'NODE_SUSPECTED',
    });
  }
}

/** What to do about the answer to a question. */
export interface AnswerOptions<T> {
  /** How long it may take. Default: for as long as the node is trusted. */
  readonly limitMs?: number | undefined;
  /** Takes back what comes when nobody waits for it any more. */
  readonly late?: ((value: T) => Promise<void>) | undefined;
}

/** One kind of dealings with one node. */
interface Watched {
  node: StorageNode;
  readonly kind: ProbeKind;
  readonly suspicion: Suspicion;
  /** How to tell those who wait for an answer that the node is suspected. */
  readonly waiting: Set<(error: Error) => void>;
  timer: Timer | undefined;
  /** When that comes. */
  timerMs: number;
  /** Whether its being suspected has been told. */
  isTold: boolean;
}

/**
 * Knows which nodes do not answer, so that nobody waits for one that others have found to hang. What
 * changes a node is watched apart from what asks it: a disk that is frozen takes nothing and may well
 * give. A node that does not even answer questions is not asked for changes.
 */
export class NodeWatch {
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;
  /** What the time of day was when steady time began, so that a moment is told of alike each time. */
  readonly #originMs: number;
  readonly #notices: Notices | undefined;
  readonly #watched = new Map<string, Watched>();
  #isClosed = false;

  constructor(limits: GatewayLimits, clock: Clock, notices?: Notices) {
    this.#limits = limits;
    this.#clock = clock;
    this.#originMs = clock.wallMs() - clock.steadyMs();
    this.#notices = notices;
  }

  /** Why a node need not be asked; `undefined` for one that answers, as far as is known. */
  suspected(node: StorageNode, kind: ProbeKind): NodeSuspectedError | undefined {
    const kinds: readonly ProbeKind[] = kind === 'change' ? ['change', 'question'] : ['question'];
    for (const one of kinds) {
      const standing = this.#known(node, one)?.suspicion.standing;
      if (standing?.kind !== 'suspected') continue;
      return new NodeSuspectedError(node.name, this.#originMs + standing.sinceMs);
    }
    return undefined;
  }

  /** Whether a node is known to hang, be it in changes alone. */
  isHung(node: Uuid): boolean {
    return this.#hung().some((watched) => watched.node.uuid === node);
  }

  /** The names of the nodes that are known to hang. */
  hungNames(): readonly string[] {
    return [...new Set(this.#hung().map(({ node }) => node.name))];
  }

  #hung(): readonly Watched[] {
    return [...this.#watched.values()].filter(
      ({ suspicion }) => suspicion.standing.kind === 'suspected',
    );
  }

  /** In their order, but for nodes that keep somebody waiting: these come last. */
  promptFirst(nodes: readonly StorageNode[]): readonly StorageNode[] {
    const nowMs = this.#clock.steadyMs();
    const isPrompt = (node: StorageNode): boolean =>
      this.#known(node, 'question')?.suspicion.isDoubted(nowMs) !== true;
    return [...nodes.filter(isPrompt), ...nodes.filter((node) => !isPrompt(node))];
  }

  /**
   * The answer to a question that was put to a node.
   *
   * @throws NodeUnavailableError after its time, and as soon as the node is suspected; or what the
   * question throws.
   */
  answer<T>(
    node: StorageNode,
    kind: ProbeKind,
    asked: Promise<T>,
    { limitMs, late }: AnswerOptions<T> = {},
  ): Promise<T> {
    const watched = this.#of(node, kind);
    const { suspicion, waiting } = watched;
    const question = suspicion.ask(this.#clock.steadyMs());
    this.#attend(watched);
    return new Promise((resolve, reject) => {
      let isLate = false;
      let timer: Timer | undefined;
      const giveUp = (error: Error): void => {
        isLate = true;
        timer?.close();
        waiting.delete(giveUp);
        reject(error);
      };
      const ended = (outcome: Outcome): void => {
        timer?.close();
        waiting.delete(giveUp);
        suspicion.end(question, outcome, this.#clock.steadyMs());
        this.#attend(watched);
      };
      waiting.add(giveUp);
      if (limitMs !== undefined) {
        timer = this.#clock.after(limitMs, () => {
          giveUp(new NodeUnavailableError(node.name, `no answer within ${limitMs} ms`));
        });
      }
      const suspected = this.suspected(node, kind);
      if (suspected !== undefined) giveUp(suspected);
      asked.then(
        (value) => {
          ended('answered');
          if (!isLate) resolve(value);
          else late?.(value).catch(() => undefined); // nobody's answer any more
        },
        (error: unknown) => {
          ended('failed');
          reject(error);
        },
      );
    });
  }

  /** Asks no node any more by itself. */
  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#watched.values()) timer?.close();
  }

  #known(node: StorageNode, kind: ProbeKind): Watched | undefined {
    return this.#watched.get(`${kind} ${node.uuid}`);
  }

  #of(node: StorageNode, kind: ProbeKind): Watched {
    const known = this.#known(node, kind);
    if (known !== undefined) {
      // Another object may stand for it each time, and the newest is the one to be probed.
      known.node = node;
      return known;
    }
    const { nodeDoubtMs, nodeProbeMs, nodeRetryMs, nodeRetrySlowMs } = this.#limits;
    const limits = {
      doubtMs: nodeDoubtMs,
      probeMs: nodeProbeMs,
      pauseMs: nodeRetryMs,
      pauseMsMax: nodeRetrySlowMs,
    };
    const suspicion = new Suspicion(limits, () => this.#clock.random());
    const watched: Watched = {
      node,
      kind,
      suspicion,
      waiting: new Set(),
      timer: undefined,
      timerMs: Infinity,
      isTold: false,
    };
    this.#watched.set(`${kind} ${node.uuid}`, watched);
    return watched;
  }

  /** Does what is due, and sees to it that this is done again in time. */
  #attend(watched: Watched): void {
    if (this.#isClosed) return;
    const nowMs = this.#clock.steadyMs();
    const due = watched.suspicion.next(nowMs);
    const isSuspected = watched.suspicion.standing.kind === 'suspected';
    if (isSuspected !== watched.isTold) this.#tell(watched, isSuspected);
    if (due.kind === 'probe') return this.#probe(watched);
    // A timer that comes too early does no harm, and most questions are answered before theirs.
    if (due.untilMs >= watched.timerMs) return;
    watched.timer?.close();
    watched.timerMs = due.untilMs;
    watched.timer = this.#clock.after(Math.max(1, due.untilMs - nowMs), () => {
      watched.timerMs = Infinity;
      this.#attend(watched);
    });
    watched.timer.unref();
  }

  #probe(watched: Watched): void {
    const probed = (outcome: Outcome): void => {
      watched.suspicion.probed(outcome, this.#clock.steadyMs());
      this.#attend(watched);
    };
    watched.node.probe(watched.kind).then(
      () => probed('answered'),
      () => probed('failed'),
    );
    this.#attend(watched);
  }

  #tell(watched: Watched, isSuspected: boolean): void {
    watched.isTold = isSuspected;
    const { node } = watched;
    for (const kind of ['question', 'change'] as const) {
      const error = this.suspected(node, kind);
      if (error === undefined) continue;
      this.#known(node, kind)?.waiting.forEach((giveUp) => giveUp(error));
    }
    const notice = { kind: 'node', subject: node.name } as const;
    if (this.suspected(node, 'change') === undefined) return this.#notices?.clear(notice);
    const isDumb = this.suspected(node, 'question') !== undefined;
    const what = isDumb ? 'does not answer' : 'takes and removes nothing, as its disk hangs';
    const text = `node ${node.name} ${what}; it is asked now and then, and used when it answers`;
    this.#notices?.raise({ ...notice, text });
  }
}
