import { setTimeout as delay } from 'node:timers/promises';
import { AnnexHttp, fieldOf, isContentOf, keyOf, says, type Outcome } from './annex-http.ts';
import { Chance } from './chance.ts';
import { nodeNames, type Demo, type NodeName } from './demo.ts';
import type { Ledger } from './ledger.ts';

/** Within this time even a crowded machine does some dozens of acts. */
const reachMs = 300_000;

export interface LoadOptions {
  readonly demo: Demo;
  readonly port: number;
  readonly ledger: Ledger;
  readonly seed: number;
  readonly clients: number;
}

/** Clients that put, get, move and remove contents, until the server is no longer there. */
export class Load {
  /** Answers that are never right, whenever the server is killed. */
  readonly complaints: string[] = [];
  acknowledged = 0;
  readonly ended: Promise<void>;
  #isStopped = false;

  constructor(options: LoadOptions) {
    const { clients, seed } = options;
    const all = Array.from({ length: clients }, (_, number) =>
      this.#client(options, new Chance(seed + number)),
    );
    this.ended = Promise.all(all).then(() => undefined);
  }

  /** Waits until so many acts were acknowledged: a slow machine is not killed before it has begun. */
  async reaches(acts: number): Promise<void> {
    const endMs = performance.now() + reachMs;
    while (this.acknowledged < acts) {
      if (performance.now() > endMs) throw new Error(`${this.acknowledged} of ${acts} acts`);
      await delay(1);
    }
  }

  /** Lets each client end what it does, and waits for that. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.ended;
  }

  async #client(options: LoadOptions, chance: Chance): Promise<void> {
    const http = new AnnexHttp({ limitMs: 60_000 });
    // Each has keys of its own, so that what it was told is in order.
    const client = new LoadClient(options, { http, chance, complain: this.complaints });
    while (!this.#isStopped && (await client.act())) this.acknowledged += 1;
    http.close();
  }
}

interface ClientParts {
  readonly http: AnnexHttp;
  readonly chance: Chance;
  readonly complain: string[];
}

class LoadClient {
  readonly #options: LoadOptions;
  readonly #http: AnnexHttp;
  readonly #chance: Chance;
  readonly #complain: string[];
  readonly #keys: string[] = [];

  constructor(options: LoadOptions, { http, chance, complain }: ClientParts) {
    this.#options = options;
    this.#http = http;
    this.#chance = chance;
    this.#complain = complain;
  }

  /** @returns whether it was answered. */
  async act(): Promise<boolean> {
    const chance = this.#chance;
    const held = this.#keys.filter((key) => this.#options.ledger.holders(key).length > 0);
    if (held.length === 0 || chance.happens(0.5)) {
      const content = chance.bytes(chance.happens(0.1) ? 300_000 : 1 + chance.below(20_000));
      return await this.#put(content, chance.happens(0.7) ? 'cluster' : chance.pick(nodeNames));
    }
    const key = chance.pick(held);
    if (chance.happens(0.4)) return await this.#get(key);
    if (chance.happens(0.5)) return await this.#move(key);
    if (chance.happens(0.5)) return await this.#removeFromCluster(key);
    return await this.#remove(key, chance.pick(this.#options.ledger.holders(key)));
  }

  #place(name: NodeName | 'cluster'): { readonly port: number; readonly uuid: string } {
    const { demo, port } = this.#options;
    return { port, uuid: name === 'cluster' ? demo.cluster : demo.nodes[name] };
  }

  async #put(content: Buffer, to: NodeName | 'cluster'): Promise<boolean> {
    const { ledger, demo } = this.#options;
    const key = keyOf(content);
    if (!this.#keys.includes(key)) this.#keys.push(key);
    const reached = to === 'cluster' ? nodeNames : [to];
    const before = reached.filter((name) => ledger.told(key, name) !== 'there');
    ledger.note(key, before, 'unsure');
    const answer = await this.#http.put(this.#place(to), key, content);
    if (!says(answer, 'stored')) return this.#unlike(`put of ${key} to ${to}`, answer);
    const more = fieldOf(answer.body ?? Buffer.alloc(0), 'plusuuids');
    const stored = nodeNames.filter(
      (name) => name === to || (Array.isArray(more) && more.includes(demo.nodes[name])),
    );
    ledger.note(key, before, 'gone');
    ledger.note(key, stored, 'there');
    return true;
  }

  async #get(key: string): Promise<boolean> {
    const from = this.#chance.happens(0.5)
      ? 'cluster'
      : this.#chance.pick(this.#options.ledger.holders(key));
    const answer = await this.#http.get(this.#place(from), key);
    const isRight = answer.status === 200 && isContentOf(key, answer.body);
    return isRight || this.#unlike(`get of ${key} from ${from}`, answer);
  }

  async #move(key: string): Promise<boolean> {
    const from = this.#chance.pick(this.#options.ledger.holders(key));
    const to = this.#chance.pick(nodeNames.filter((name) => name !== from));
    const answer = await this.#http.get(this.#place(from), key);
    if (answer.status !== 200) return this.#unlike(`get of ${key} from ${from}`, answer);
    return (await this.#put(answer.body, to)) && (await this.#remove(key, from));
  }

  async #remove(key: string, from: NodeName): Promise<boolean> {
    const { ledger } = this.#options;
    ledger.note(key, [from], 'unsure');
    const answer = await this.#http.remove(this.#place(from), key);
    if (!says(answer, 'removed')) return this.#unlike(`removal of ${key} from ${from}`, answer);
    ledger.note(key, [from], 'gone');
    return true;
  }

  async #removeFromCluster(key: string): Promise<boolean> {
    const { ledger } = this.#options;
    ledger.note(key, nodeNames, 'unsure');
    const answer = await this.#http.remove(this.#place('cluster'), key);
    if (!says(answer, 'removed')) return this.#unlike(`removal of ${key} from cluster`, answer);
    ledger.note(key, nodeNames, 'gone');
    return true;
  }

  /** Not the answer that a well server gives; none at all is what a killed one gives. */
  #unlike(what: string, { status, body }: Outcome): boolean {
    if (status === 'broken') return false;
    this.#complain.push(`${what}: ${status} ${body?.toString('latin1', 0, 300) ?? ''}`);
    return true;
  }
}
