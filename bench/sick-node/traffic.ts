import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AnnexHttp, keyOf, says, type Outcome } from '../../test/long/world/annex-http.ts';
import { contentBytes, type Name, type Template } from './cluster.ts';

/** One request that was made. */
export interface Sample {
  readonly ms: number;
  /** Empty when the answer was the right one. */
  readonly wrong: string;
}

export const verbs = ['checkpresent', 'GET', 'put'] as const;
export type Verb = (typeof verbs)[number];
export const places = ['healthy nodes', 'cluster'] as const;
export type PlaceName = (typeof places)[number];

/** The requests of one verb at one place. */
export interface Cell {
  readonly verb: Verb;
  readonly place: PlaceName;
  readonly samples: readonly Sample[];
}

export interface TrafficOptions {
  readonly port: number;
  readonly template: Template;
  readonly seconds: number;
  /** Clients for each verb and place. */
  readonly clients: number;
  readonly limitMs: number;
}

/** How long a client waits from one request to its next, so that nobody measures a full processor. */
const paceMs: Readonly<Record<Verb, number>> = { checkpresent: 800, GET: 800, put: 3000 };

const names: Readonly<Record<PlaceName | 'node1', readonly Name[]>> = {
  'healthy nodes': ['node2', 'node3'],
  cluster: ['cluster'],
  node1: ['node1'],
};

/**
 * All verbs at all places at once, each by its own clients, and some more clients that ask node1
 * itself: who is sick is asked, too.
 */
export async function traffic(options: TrafficOptions): Promise<Cell[]> {
  const untilMs = performance.now() + options.seconds * 1000;
  const clientsOf = (verb: Verb, place: PlaceName | 'node1'): Promise<Sample[][]> =>
    Promise.all(
      Array.from({ length: options.clients }, (_, number) =>
        client({ verb, place, number, untilMs }, options),
      ),
    );
  const sick = verbs.map((verb) => clientsOf(verb, 'node1'));
  const cells = places.flatMap((place) =>
    verbs.map(async (verb) => ({
      verb,
      place,
      samples: (await clientsOf(verb, place)).flat(),
    })),
  );
  const measured = await Promise.all(cells);
  await Promise.all(sick);
  return measured;
}

interface ClientOptions {
  readonly verb: Verb;
  readonly place: PlaceName | 'node1';
  readonly number: number;
  readonly untilMs: number;
}

async function client(
  { verb, place, number, untilMs }: ClientOptions,
  { port, template, limitMs, clients }: TrafficOptions,
): Promise<Sample[]> {
  const http = new AnnexHttp({ limitMs });
  const samples: Sample[] = [];
  let nextMs = performance.now() + (paceMs[verb] * number) / clients;
  for (let count = number; nextMs < untilMs; count += 1) {
    await delay(Math.max(0, nextMs - performance.now()));
    const name = names[place][count % names[place].length] ?? 'cluster';
    const startMs = performance.now();
    const wrong = await once(verb, { http, port, uuid: template.uuids[name], count }, template);
    const endMs = performance.now();
    samples.push({ ms: endMs - startMs, wrong });
    nextMs = Math.max(endMs, nextMs + paceMs[verb]);
  }
  http.close();
  return samples;
}

interface Asking {
  readonly http: AnnexHttp;
  readonly port: number;
  readonly uuid: string;
  readonly count: number;
}

/** @returns what is wrong with the answer; empty when nothing is. */
async function once(verb: Verb, asking: Asking, template: Template): Promise<string> {
  const { http, count } = asking;
  const key = template.keys[count % template.keys.length] ?? '';
  if (verb === 'GET') {
    const answer = await http.get(asking, key);
    const isRight = answer.status === 200 && keyOf(answer.body) === key;
    return isRight ? '' : told(answer);
  }
  if (verb === 'put') {
    const content = randomBytes(contentBytes);
    const answer = await http.put(asking, keyOf(content), content);
    return says(answer, 'stored') ? '' : told(answer);
  }
  // By turns what is there and what is nowhere: a client asks for the absence before it uploads.
  if (count % 2 === 0) {
    const answer = await http.checkPresent(asking, key);
    return says(answer, 'present') ? '' : told(answer);
  }
  const answer = await http.checkPresent(asking, keyOf(randomBytes(8)));
  const isRight = answer.status === 200 && !says(answer, 'present');
  return isRight ? '' : told(answer);
}

function told({ status, body }: Outcome): string {
  return status === 200 ? `200 ${body.toString('latin1', 0, 15)}` : String(status);
}
