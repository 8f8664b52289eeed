/** What a client waits for a content, while a server has other work to do. */
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Served } from '../../test/long/world/served.ts';

/** Requests before any is measured. */
const warmUps = 200;

/**
 * Asks for a content again and again, one request after the other, until it is enough.
 *
 * @returns what each has taken, milliseconds, the shortest first.
 */
export async function askFor(
  { port }: Pick<Served, 'port'>,
  { uuid, key }: { readonly uuid: string; readonly key: string },
  goesOn: () => boolean,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true });
  const path = `/git-annex/${uuid}/key/${key}`;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.on('end', resolve).resume();
      });
      request.once('error', reject);
    });
  try {
    for (let warm = 0; warm < warmUps; warm += 1) await one();
    const times: number[] = [];
    while (goesOn()) {
      const began = performance.now();
      await one();
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b);
  } finally {
    agent.destroy();
  }
}

/** The head of a table of such rows. */
export const askingHead = '| server | p50 | p99 | requests |\n|---|---|---|---|';

/** What they have taken, as a row of a table. */
export function askingRow(what: string, times: readonly number[]): string {
  const at = (share: number): string =>
    `${(times[Math.floor(times.length * share)] ?? 0).toFixed(2)} ms`;
  return `| ${what} | ${at(0.5)} | ${at(0.99)} | ${times.length} |`;
}

/** What something takes, milliseconds. */
export function timed(act: () => void): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}
