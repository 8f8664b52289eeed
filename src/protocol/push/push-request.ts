import { decodeText, encodeText } from '../../units/index.ts';
import { PktReader, pktBytesMax, pktOf, type Pkt } from './pkt-line.ts';
import {
  capabilitiesOf,
  commandLineOf,
  isAnnexRef,
  isDeletion,
  type CommandLine,
  type PushCommand,
} from './push-command.ts';

/**
 * Most refs named git-annex in one push, each of which is merged by itself; git-annex pushes two.
 */
export const annexRefsMax = 64;

/** Most bytes of commands in a push that touches such refs, as its whole report is held back. */
export const commandsBytesMax: number = 16 * 1024 * 1024;

/** Most commands that are remembered for the log. */
const notedMax = 20;

/** Longest certificate of a signed push. */
const certificateLengthMax = 1024 * 1024;

/** A push that cannot be taken at all; the message is for the pusher. */
export class PushRefusedError extends Error {
  override readonly name = 'PushRefusedError';
  readonly code = 'push-refused';
}

/** A command that git is given under another name. */
export interface ReplacedCommand {
  readonly asked: PushCommand;
  /** The ref that git gets the command for. */
  readonly placed: string;
  /** Why git is made to refuse it; `undefined` when it is taken. */
  readonly refusal: string | undefined;
}

export interface PushRequestOptions {
  /** The ref that is the git-annex branch itself; it is not deleted. */
  readonly branch: string;
  /** Where the commits of refs named git-annex go in their stead: a place to which they are new. */
  readonly place: (index: number) => string;
  /** What a pusher is told who wants the branch deleted. */
  readonly deletion: string;
}

/**
 * What a client sends to `git receive-pack`, with its commands about git-annex branches put under
 * other names, so that git takes in their objects and moves none of these refs:
 *
 * 1. Commands come in packets up to a flush. One for a ref named git-annex gets a place, as a new
 *    ref; one that would delete the branch gets a name that git refuses. All else stays.
 * 2. What follows the commands (push options, the pack) is handed on untouched.
 */
export class PushRequest {
  readonly #options: PushRequestOptions;
  readonly #packets = new PktReader();
  readonly #replaced: ReplacedCommand[] = [];
  readonly #noted: PushCommand[] = [];
  readonly #capabilities = new Set<string>();
  #commands = 0;
  #bytes = 0;
  #certificate: string | undefined;
  #isOver = false;

  constructor(options: PushRequestOptions) {
    this.#options = options;
  }

  /** Whether all commands have come; the answer may then be read. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The commands that were put under other names. */
  get replaced(): readonly ReplacedCommand[] {
    return this.#replaced;
  }

  /** The first commands, as they were asked, and how many there are. */
  get noted(): { readonly commands: readonly PushCommand[]; readonly count: number } {
    return { commands: this.#noted, count: this.#commands };
  }

  /** Whether the client asked for a capability. */
  has(capability: string): boolean {
    return this.#capabilities.has(capability);
  }

  /**
   * What git is to get for a piece of what the client sent.
   * @throws PushRefusedError when git must not get any of it; it has done nothing yet.
   */
  take(piece: Uint8Array): Uint8Array[] {
    if (this.#isOver) return [piece];
    this.#packets.push(piece);
    const forward: Uint8Array[] = [];
    while (!this.#isOver) {
      const packet = this.#packets.next();
      if (packet === undefined) return forward;
      this.#bytes += packet.raw.length;
      forward.push(this.#passed(packet));
      if (this.#replaced.length > 0 && this.#bytes > commandsBytesMax) {
        throw new PushRefusedError('too many refs in one push with git-annex; push that by itself');
      }
    }
    if (this.#packets.rest.length > 0) forward.push(this.#packets.rest);
    return forward;
  }

  #passed({ payload, raw }: Pkt): Uint8Array {
    if (this.#certificate !== undefined) return this.#certified(payload, raw);
    if (payload === undefined) {
      // Git stops reading commands at any of the packets without a payload.
      this.#isOver = true;
      return raw;
    }
    for (const capability of capabilitiesOf(payload)) this.#capabilities.add(capability);
    if (/^push-cert(?:\n?$|\0)/.test(decodeText(payload))) {
      this.#certificate = '';
      return raw;
    }
    const line = commandLineOf(payload);
    if (line === undefined) return raw;
    this.#note(line.command);
    return isAnnexRef(line.command.ref) ? this.#replace(line, raw) : raw;
  }

  #note(command: PushCommand): void {
    this.#commands += 1;
    if (this.#noted.length < notedMax) this.#noted.push(command);
  }

  #replace({ command, rest }: CommandLine, raw: Uint8Array): Uint8Array {
    const { branch, place, deletion } = this.#options;
    const isBranch = command.ref.toLowerCase() === branch.toLowerCase();
    // All there is in another one has been merged.
    if (isDeletion(command) && !isBranch) return raw;
    if (this.#replaced.length >= annexRefsMax) {
      throw new PushRefusedError(`more than ${annexRefsMax} refs named git-annex in one push`);
    }
    const index = this.#replaced.length;
    const refusal = isDeletion(command) ? deletion : undefined;
    // Git refuses a name with two dots by itself, and all of an atomic push with it.
    const placed = refusal === undefined ? place(index) : `refs/ballast..refused/${index}`;
    this.#replaced.push({ asked: command, placed, refusal });
    const from = refusal === undefined ? '0'.repeat(command.from.length) : command.from;
    const payload = encodeText(`${from} ${command.to} ${placed}${rest}`);
    if (payload.length + 4 > pktBytesMax) throw new PushRefusedError('a command is too long');
    return pktOf(payload);
  }

  /**
   * What a signed push says is signed, and cannot be put differently
   * (gitprotocol-pack(5), "Push Certificate").
   */
  #certified(payload: Uint8Array | undefined, raw: Uint8Array): Uint8Array {
    const text = payload === undefined ? '' : decodeText(payload);
    const isEnd = payload === undefined || text === 'push-cert-end\n';
    const certificate = isEnd ? (this.#certificate ?? '') : `${this.#certificate ?? ''}${text}`;
    if (certificate.length > certificateLengthMax) {
      throw new PushRefusedError('the certificate of the push is too long');
    }
    this.#certificate = isEnd ? undefined : certificate;
    if (payload === undefined) this.#isOver = true;
    if (!isEnd) return raw;
    for (const line of certificate.split('\n')) {
      const command = commandLineOf(encodeText(line))?.command;
      if (command === undefined) continue;
      this.#note(command);
      if (!isAnnexRef(command.ref)) continue;
      throw new PushRefusedError('git-annex cannot be pushed with a signature; push it without');
    }
    return raw;
  }
}
