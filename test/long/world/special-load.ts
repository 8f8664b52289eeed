import { fieldOf, isContentOf, keyOf } from './annex-http.ts';
import type { Chance } from './chance.ts';
import { PatientClient, type Answer } from './patient-client.ts';
import { specialNames, type SpecialName, type SpecialWorld } from './special-world.ts';

/** What a client has been told of a content on a node. */
type Said = 'there' | 'gone' | 'unsure';

interface Content {
  readonly key: string;
  readonly sizeBytes: number;
  readonly said: Map<SpecialName, Said>;
}

/** Whether, since something began, a node may have been unable for a reason of its own. */
export interface Sickness {
  /** Rises when the S3 server is killed, and when it is there again. */
  count: number;
}

/** One client that puts, gets and removes contents of its own, each until it is told what came of it. */
export class SpecialLoad {
  readonly complaints: string[] = [];
  acknowledged = 0;
  readonly #world: SpecialWorld;
  readonly #chance: Chance;
  readonly #sickness: Sickness;
  readonly #contents: Content[] = [];
  readonly #changed = new Set<Content>();
  readonly #client: PatientClient;
  readonly #port: () => number;
  #to = '';
  #isEnding = false;

  constructor(
    world: SpecialWorld,
    parts: {
      readonly chance: Chance;
      readonly sickness: Sickness;
      /** Where the server is now. */
      readonly port: () => number;
    },
  ) {
    this.#world = world;
    this.#chance = parts.chance;
    this.#sickness = parts.sickness;
    this.#port = parts.port;
    this.#client = new PatientClient(() => ({ port: parts.port(), uuid: this.#to }));
  }

  get resumed(): number {
    return this.#client.resumed;
  }

  /** Breaks its connection; whether there was one. */
  cut(): boolean {
    return this.#client.cut();
  }

  /** Waits until one of its transfers has moved so many bytes, or for some seconds. */
  async moves(bytes: number): Promise<void> {
    await this.#client.moves(bytes);
  }

  /** Goes on until it is told to end. */
  async run(): Promise<void> {
    this.#isEnding = false;
    this.#client.goOn();
    while (!this.#isEnding) await this.#act();
  }

  /** Lets it end what it does; what it then was not told is unsure. */
  end(): void {
    this.#isEnding = true;
    this.#client.end();
  }

  async #act(): Promise<void> {
    const chance = this.#chance;
    const held = this.#contents.filter((content) => holdersOf(content).length > 0);
    if (held.length === 0 || chance.happens(0.6)) {
      const to = chance.happens(0.6) ? 'pool' : chance.pick(specialNames);
      await this.#put(chance.bytes(sizeBy(chance)), to);
      return;
    }
    const content = chance.pick(held);
    const from = chance.pick(holdersOf(content));
    if (chance.happens(0.7)) await this.#get(content, from);
    else await this.#remove(content, from);
  }

  async #put(bytes: Buffer, to: SpecialName | 'pool'): Promise<void> {
    const reached = to === 'pool' ? specialNames : [to];
    const content: Content = { key: keyOf(bytes), sizeBytes: bytes.length, said: new Map() };
    this.#contents.push(content);
    this.#note(content, reached, 'unsure');
    const { count } = this.#sickness;
    this.#to = to === 'pool' ? this.#world.cluster : this.#world.uuids[to];
    const answer = await this.#client.put(content.key, bytes);
    if (answer === undefined) return;
    if (fieldOf(answer.body, 'stored') !== true && fieldOf(answer.body, 'alreadyhave') !== true) {
      this.#unlike(`put of ${content.key} to ${to}`, answer, count);
      return;
    }
    const more = fieldOf(answer.body, 'plusuuids');
    const stored = specialNames.filter(
      (name) => name === to || (Array.isArray(more) && more.includes(this.#world.uuids[name])),
    );
    if (stored.length === 0) this.complaints.push(`put of ${content.key} to ${to}: on no node`);
    this.#note(content, stored, 'there');
    this.acknowledged += 1;
  }

  async #get(content: Content, from: SpecialName): Promise<void> {
    const { count } = this.#sickness;
    this.#to = this.#world.uuids[from];
    const answer = await this.#client.get(content.key, content.sizeBytes);
    if (answer === undefined) return;
    if (answer.status === 200 && isContentOf(content.key, answer.body)) this.acknowledged += 1;
    else this.#unlike(`get of ${content.key} from ${from}`, answer, count);
  }

  async #remove(content: Content, from: SpecialName): Promise<void> {
    const { count } = this.#sickness;
    this.#note(content, [from], 'unsure');
    this.#to = this.#world.uuids[from];
    const named = `key=${encodeURIComponent(content.key)}&clientuuid=me`;
    const answer = await this.#client.ask('POST', `remove?${named}`);
    if (answer === undefined) return;
    if (fieldOf(answer.body, 'removed') !== true) {
      this.#unlike(`removal of ${content.key} from ${from}`, answer, count);
      return;
    }
    this.#note(content, [from], 'gone');
    this.acknowledged += 1;
  }

  /** Asks for all that was acknowledged since the last time, or ever, and reads it. */
  async verify(isAll: boolean): Promise<string[]> {
    const complaints: string[] = [];
    const client = new PatientClient(() => ({ port: this.#port(), uuid: this.#to }));
    for (const content of isAll ? this.#contents : [...this.#changed]) {
      for (const name of specialNames) {
        const said = content.said.get(name) ?? 'gone';
        this.#to = this.#world.uuids[name];
        const named = `key=${encodeURIComponent(content.key)}&clientuuid=me`;
        const present = await client.ask('POST', `checkpresent?${named}`);
        const isThere = present !== undefined && fieldOf(present.body, 'present');
        const about = `${content.key} on ${name}, told ${said}`;
        if (typeof isThere !== 'boolean') {
          complaints.push(`${about}: presence is ${present?.status} ${present?.body.toString()}`);
          continue;
        }
        if (said === 'unsure') content.said.set(name, isThere ? 'there' : 'gone');
        else if (isThere !== (said === 'there')) complaints.push(`${about}: present ${isThere}`);
        if (!isThere) continue;
        const got = await client.get(content.key, content.sizeBytes);
        if (got?.status !== 200 || !isContentOf(content.key, got.body)) {
          complaints.push(`${about}: what comes is not its content (${got?.status})`);
        }
      }
    }
    this.#changed.clear();
    return complaints;
  }

  #note(content: Content, names: readonly SpecialName[], said: Said): void {
    for (const name of names) content.said.set(name, said);
    this.#changed.add(content);
  }

  /** What a well server never answers; while a node was sick it may refuse. */
  #unlike(what: string, { status, body }: Answer, sickAtStart: number): void {
    if (sickAtStart !== this.#sickness.count || sickAtStart % 2 === 1) return;
    this.complaints.push(`${what}: ${status} ${body.toString('latin1', 0, 300)}`);
  }
}

function holdersOf({ said }: Content): SpecialName[] {
  return specialNames.filter((name) => said.get(name) === 'there');
}

/** Of one piece, of some pieces, and of several parts of an upload to S3. */
function sizeBy(chance: Chance): number {
  if (chance.happens(0.3)) return 1 + chance.below(20_000);
  if (chance.happens(0.6)) return 200_000 + chance.below(700_000);
  return 6_000_000 + chance.below(6_000_000);
}
