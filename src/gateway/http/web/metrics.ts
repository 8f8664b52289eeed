import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Notice } from '../../notices/notices.ts';
import type { KeeperState } from '../../repair/index.ts';
import type { RequestObserver, SeenRequest } from './observation.ts';

/** What is read when somebody looks, rather than counted along the way. */
export interface MetricSources {
  connections(): Promise<number>;
  /** Content locks that clients hold. */
  locks(): number;
  /** Uploads that room is reserved for. */
  reservations(): number;
  /** Troubles that last. */
  notices(): readonly Notice[];
  /** How often nodes failed so far, by name. */
  nodeFailures(): ReadonlyMap<string, number>;
  /** Copies that nodes should have and lack, by name. */
  missingCopies(): ReadonlyMap<string, number>;
  /** What repair has found that clusters lack. */
  keeping(): readonly KeeperState[];
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** What was read again so far to be checked, by the name of its node. */
  checked(what: 'copies' | 'bytes' | 'damaged'): ReadonlyMap<string, number>;
}

/** From an answer out of memory to an upload of some terabytes, seconds. */
const durationBuckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 600, 3600];

/**
 * What the gateway does, in numbers for Prometheus. Labels are verbs, statuses and names of nodes:
 * nothing that a client can make up, so that their number stays small, and no keys or accounts.
 */
export class Metrics implements RequestObserver {
  readonly #registry = new Registry();
  readonly #underWay = new Set<SeenRequest>();
  readonly #requests: Counter<'verb' | 'status'>;
  readonly #seconds: Histogram<'verb'>;
  readonly #bytes: Counter<'direction'>;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'ballast_requests_total',
      help: 'Requests by verb and by the status of the answer; gone when the client left before its end.',
      labelNames: ['verb', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'ballast_request_duration_seconds',
      help: 'How long requests took, from their head to the last byte of the answer.',
      labelNames: ['verb'],
      buckets: durationBuckets,
      registers,
    });
    this.#bytes = new Counter({
      name: 'ballast_content_bytes_total',
      help: 'Bytes of contents received by uploads (in) and sent by downloads (out).',
      labelNames: ['direction'],
      registers,
    });
    this.#bytes.inc({ direction: 'in' }, 0);
    this.#bytes.inc({ direction: 'out' }, 0);
    this.#addGauges(sources);
  }

  begun(request: SeenRequest): void {
    this.#underWay.add(request);
  }

  ended(request: SeenRequest): void {
    this.#underWay.delete(request);
    const { verb, isGone, status, bytesIn, bytesOut } = request;
    this.#requests.inc({ verb, status: isGone ? 'gone' : (status ?? 'gone') });
    this.#seconds.observe({ verb }, request.durationMs / 1000);
    if (bytesIn > 0) this.#bytes.inc({ direction: 'in' }, bytesIn);
    if (bytesOut > 0) this.#bytes.inc({ direction: 'out' }, bytesOut);
  }

  /** All of it in Prometheus' text form, with what is known of the process. */
  async text(): Promise<string> {
    const parts = await Promise.all([this.#registry.metrics(), processMetrics().metrics()]);
    return parts.join('\n');
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #addGauges(sources: MetricSources): void {
    const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
      const collected: Gauge = new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect: async (): Promise<void> => collected.set(await read()),
      });
    };
    gauge('ballast_uploads', 'Uploads under way.', () => this.#count('put'));
    gauge('ballast_downloads', 'Downloads under way.', () => this.#count('get'));
    gauge('ballast_connections', 'Open connections.', () => sources.connections());
    gauge('ballast_locks', 'Content locks that clients hold.', () => sources.locks());
    gauge('ballast_reservations', 'Uploads that room on nodes is reserved for.', () =>
      sources.reservations(),
    );
    const problems = new Gauge({
      name: 'ballast_problems',
      help: 'Troubles that last, by kind; /healthz has their words.',
      labelNames: ['kind'],
      registers: [this.#registry],
      collect: () => {
        problems.reset();
        for (const { kind } of sources.notices()) problems.inc({ kind });
      },
    });
    const missing = new Gauge({
      name: 'ballast_missing_copies',
      help: 'Copies that acknowledged uploads should have made on a node and have not.',
      labelNames: ['node'],
      registers: [this.#registry],
      collect: () => {
        missing.reset();
        for (const [node, count] of sources.missingCopies()) missing.set({ node }, count);
      },
    });
    gauge('ballast_repair_copies', 'Copies that clusters lack, as of the last look.', () =>
      sources.keeping().reduce((sum, { copies }) => sum + copies, 0),
    );
    gauge('ballast_repair_bytes', 'Bytes of the copies that clusters lack.', () =>
      sources.keeping().reduce((sum, { bytes }) => sum + Number(bytes), 0),
    );
    gauge('ballast_repair_oldest_seconds', 'How long clusters lack something already.', () =>
      Math.max(0, ...sources.keeping().map((state) => secondsSince(state, sources.nowMs()))),
    );
    this.#addChecked(sources);
    const failures = new Counter({
      name: 'ballast_node_failures_total',
      help: 'Questions that a node did not answer, and copies that it lost under way.',
      labelNames: ['node'],
      registers: [this.#registry],
      collect: () => {
        failures.reset();
        for (const [node, count] of sources.nodeFailures()) failures.inc({ node }, count);
      },
    });
  }

  #addChecked(sources: MetricSources): void {
    const counters = [
      ['ballast_checked_copies_total', 'Copies on a node that were read again.', 'copies'],
      ['ballast_checked_bytes_total', 'Bytes of copies on a node that were read again.', 'bytes'],
      ['ballast_damaged_copies_total', 'Copies on a node that were found damaged.', 'damaged'],
    ] as const;
    for (const [name, help, what] of counters) {
      const counter = new Counter({
        name,
        help,
        labelNames: ['node'],
        registers: [this.#registry],
        collect: () => {
          counter.reset();
          for (const [node, count] of sources.checked(what)) counter.inc({ node }, count);
        },
      });
    }
  }

  #count(verb: SeenRequest['verb']): number {
    let count = 0;
    for (const request of this.#underWay) if (request.verb === verb) count += 1;
    return count;
  }
}

function secondsSince({ sinceMs }: KeeperState, nowMs: number): number {
  return sinceMs === undefined ? 0 : (nowMs - sinceMs) / 1000;
}

let ofProcess: Registry | undefined;

/** Memory, processor time and the like: one for the process, since it watches the collector. */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
