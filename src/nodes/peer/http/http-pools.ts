import { Pool } from 'undici';
import { PeerError } from '../peer-connection.ts';
import type { PeerLimits } from '../peer-limits.ts';

/** The connections to one server (HTTP/1.1), made when they are needed. */
export class HttpPools {
  /** Connections that are kept for the next request; none when none is to be kept. */
  readonly #kept: Pool | undefined;
  readonly #keptMax: number;
  /** Connections for one request each, when all that are kept are busy. */
  readonly #extra: Pool | undefined;
  readonly #locks: Pool | undefined;

  constructor(origin: string, limits: PeerLimits) {
    const { connectionsMax, idleConnectionsMax, locksMax } = limits;
    const pool = (connections: number, isKept: boolean): Pool | undefined => {
      if (connections <= 0) return undefined;
      return new Pool(origin, {
        connections,
        pipelining: isKept ? 1 : 0, // 0 closes a connection after its request
        allowH2: false,
        bodyTimeout: limits.idleMs,
        connect: { timeout: limits.connectMs },
      });
    };
    this.#keptMax = Math.min(connectionsMax, idleConnectionsMax);
    this.#kept = pool(this.#keptMax, true);
    this.#extra = pool(connectionsMax - this.#keptMax, false);
    this.#locks = pool(locksMax, this.#extra === undefined);
  }

  /** Where a request has the best chance of a connection that is open and free. */
  forRequest(): Pool {
    const isBusy = this.#kept === undefined || this.#kept.stats.size >= this.#keptMax;
    return some(isBusy ? (this.#extra ?? this.#kept) : this.#kept);
  }

  /** Where a request goes that keeps a lock, and lasts as long as it. */
  forLock(): Pool {
    return some(this.#locks);
  }

  /** Ends all requests. */
  async destroy(): Promise<void> {
    await Promise.all(
      [this.#kept, this.#extra, this.#locks].map(async (pool) => await pool?.destroy()),
    );
  }
}

function some(pool: Pool | undefined): Pool {
  if (pool === undefined) throw new PeerError('no connection to it is allowed');
  return pool;
}
