import { decodeText, encodeText } from '../../units/index.ts';
import { flushPkt, joinedBytes, PktReader, pktBytesMax, pktOf, type Pkt } from './pkt-line.ts';
import type { PushRequest, ReplacedCommand } from './push-request.ts';

/** Most payload of a packet of a side band: what is left of it after its length and its band. */
const bandPayloadMax = pktBytesMax - 5;

const reportBand = 1;
const messageBand = 2;
const fatalBand = 3;

/** What became of a command that git took in. */
export interface PushVerdict {
  readonly placed: string;
  /** Why it is refused after all; `undefined` when it is done. */
  readonly refusal: string | undefined;
}

/**
 * What `git receive-pack` answers, with the names that the client asked for put back. The report is
 * held back until what git took in has been merged; all else, as what hooks say, passes at once.
 */
export class PushAnswer {
  readonly #request: PushRequest;
  readonly #packets = new PktReader();
  /** Whether refs are told first. */
  #isTelling: boolean;
  readonly #report: Uint8Array[] = [];
  #isFlushed = false;
  #isBroken = false;

  /** @param options.advertises whether git begins by telling of its refs, as it does on lines. */
  constructor(request: PushRequest, options: { readonly advertises: boolean }) {
    this.#request = request;
    this.#isTelling = options.advertises;
  }

  /** Whether anything is to be put right in this answer, or added to it. */
  get isConcerned(): boolean {
    return this.#request.replaced.length > 0 || this.#request.concerning.size > 0;
  }

  /** What the client is to get at once of a piece of git's answer. */
  take(piece: Uint8Array): Uint8Array[] {
    if (this.#isBroken) return [piece];
    this.#packets.push(piece);
    const pass: Uint8Array[] = [];
    try {
      for (let packet = this.#packets.next(); packet !== undefined; packet = this.#packets.next()) {
        if (this.#isTelling) {
          pass.push(packet.raw);
          if (packet.payload === undefined) this.#isTelling = false;
        } else if (this.#passes(packet)) pass.push(this.#said(packet));
      }
    } catch {
      // Git says something that is none of its protocol, which is for the client to judge.
      this.#isBroken = true;
      pass.push(...this.#report, this.#packets.rest);
    }
    return pass;
  }

  /**
   * What the client gets at the end, once git has ended: words for its user, and the report.
   *
   * @param verdicts on the commands that were put under other names.
   */
  finish(verdicts: readonly PushVerdict[], messages: readonly string[]): Uint8Array[] {
    if (this.#isBroken) return [];
    const rest = this.#packets.rest;
    const report = this.#isBanded ? joinedBytes(this.#report) : undefined;
    const told = this.#isBanded ? messages.flatMap((text) => this.message(text)) : [];
    if (report === undefined) return [...this.#renamed(joinedBytes(this.#report), verdicts), rest];
    const renamed = joinedBytes(this.#renamed(report, verdicts));
    return [...told, ...banded(reportBand, renamed), ...(this.#isFlushed ? [flushPkt] : []), rest];
  }

  /** Words for the client's user, when they can be told at all. */
  message(text: string): Uint8Array[] {
    return this.#isBanded ? banded(messageBand, encodeText(`${text}\n`)) : [];
  }

  /** A sign of life while the client waits, which it takes no notice of, as git sends it. */
  alive(): Uint8Array[] {
    return this.#isBanded ? [pktOf(Uint8Array.of(reportBand))] : [];
  }

  /** The end of an exchange that cannot be gone on with, told in a way that clients show. */
  fatal(text: string): Uint8Array[] {
    if (this.#isBanded) return [...banded(fatalBand, encodeText(text)), flushPkt];
    return [pktOf(`unpack ${text}\n`), flushPkt];
  }

  get #isBanded(): boolean {
    return this.#request.isBanded;
  }

  /** Words of git and its hooks, with the names that their reader knows. */
  #said({ payload, raw }: Pkt): Uint8Array {
    if (!this.isConcerned || payload?.[0] !== messageBand) return raw;
    const text = decodeText(payload);
    let named = text;
    for (const { placed, asked } of this.#request.replaced) {
      named = named.replaceAll(placed, () => asked.ref);
    }
    const bytes = encodeText(named);
    return named === text || bytes.length > bandPayloadMax ? raw : pktOf(bytes);
  }

  /** Whether a packet is for the client now; what is not is kept. */
  #passes({ payload, raw }: Pkt): boolean {
    if (!this.isConcerned) return true;
    if (!this.#isBanded) {
      this.#report.push(raw);
      return false;
    }
    if (payload === undefined) {
      this.#isFlushed = true;
      return false;
    }
    if (payload[0] !== reportBand || payload.length === 1) return true;
    this.#report.push(payload.subarray(1));
    return false;
  }

  /** A report with the names that were asked for (gitprotocol-pack(5), "Report Status"). */
  #renamed(report: Uint8Array, verdicts: readonly PushVerdict[]): Uint8Array[] {
    const packets = new PktReader();
    packets.push(report);
    const renamed: Uint8Array[] = [];
    try {
      for (let packet = packets.next(); packet !== undefined; packet = packets.next()) {
        const { payload, raw } = packet;
        const line = payload === undefined ? undefined : this.#lineOf(payload, verdicts);
        renamed.push(line ?? raw);
      }
    } catch {
      // What git says of its own is handed on as it is.
    }
    return [...renamed, packets.rest];
  }

  #lineOf(payload: Uint8Array, verdicts: readonly PushVerdict[]): Uint8Array | undefined {
    const text = decodeText(payload);
    const [, outcome, placed = '', words = ''] =
      /^(ok|ng) (\S+)(?: ([^\n]*))?\n?$/.exec(text) ?? [];
    const command = this.#request.replaced.find((replaced) => replaced.placed === placed);
    if (outcome === undefined || command === undefined) return undefined;
    const refusal = refusalOf(command, { words: outcome === 'ng' ? words : undefined, verdicts });
    const { ref } = command.asked;
    return pktOf(refusal === undefined ? `ok ${ref}\n` : `ng ${ref} ${oneLine(refusal)}\n`);
  }
}

function refusalOf(
  { placed, refusal }: ReplacedCommand,
  said: { readonly words: string | undefined; readonly verdicts: readonly PushVerdict[] },
): string | undefined {
  if (refusal !== undefined) return refusal;
  if (said.words !== undefined) return said.words;
  const verdict = said.verdicts.find((one) => one.placed === placed);
  // What git took in and nobody merged is not done.
  return verdict === undefined ? 'it was not merged; push it again' : verdict.refusal;
}

/** Longest words of a report; a packet has room for far more. */
const wordsLengthMax = 1000;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, wordsLengthMax);
}

function banded(band: number, bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += bandPayloadMax) {
    const part = bytes.subarray(start, start + bandPayloadMax);
    packets.push(pktOf(joinedBytes([Uint8Array.of(band), part])));
  }
  return packets;
}
