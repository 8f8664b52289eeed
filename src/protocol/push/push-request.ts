import { decodeText, encodeText, BallastError, isErrorCode } from '../../units/index.ts';
import { flushPkt, PktReader, pktBytesMax, pktOf, type Pkt } from './pkt-line.ts';
import {
  capabilitiesIn,
  isAnnexRef,
  isDeletion,
  lineOfCommand,
  listLineOf,
  type PushCommand,
} from './push-command.ts';

/**
 * Most refs in one push that are named git-annex, each of which is merged by itself, or that are
 * refused; git-annex pushes two.
 */
const annexRefsMax = 64;

/**
 * Most bytes of commands in a push, which are some hundred thousand refs: git has them all in memory,
 * and so have we its report when it is held back.
 */
export const commandsBytesMax: number = 16 * 1024 * 1024;

/** Most commands that are remembered for the log. */
const notedMax = 20;

/** A push that cannot be taken at all; the message is for the pusher. */
function pushRefused(message: string): BallastError {
  return new BallastError('PUSH_REFUSED', message);
}

/** A command that git is given under another name. */
export interface ReplacedCommand {
  readonly asked: PushCommand;
  /** The ref that git gets the command for. */
  readonly placed: string;
  /** Why git is made to refuse it; `undefined` when it is taken. */
  readonly refusal: string | undefined;
}

/** Which commands of a push are about git-annex branches, and what is done with them. */
export interface PushRequestOptions {
  /** The ref that is the git-annex branch itself; it is not deleted. */
  readonly branch: string;
  /** Whether a ref is one of ours; git itself refuses these. */
  readonly isOwn: (ref: string) => boolean;
  /** Where the commits of refs named git-annex go in their stead: a place to which they are new. */
  readonly place: (index: number) => string;
  /** What a pusher is told who wants the branch deleted. */
  readonly deletion: string;
  /** Why a command is not taken, whatever its ref is. Default: all are. */
  readonly refuses?: (command: PushCommand) => string | undefined;
  /** Whether the pusher is to hear more about a ref once git has taken it in. Default: about none. */
  readonly concerns?: (ref: string) => boolean;
}

/**
 * What a client sends to `git receive-pack`, with its commands about git-annex branches put under
 * other names, so that git takes in their objects and moves none of these refs:
 *
 * 1. Commands come in packets up to a flush. Each is read and written anew, so that git and we cannot
 *    read one differently; what is not in the form that git's own clients send is refused.
 * 2. One for a ref named git-annex gets a place, as a new ref; one that would delete the branch, or is
 *    refused by rule, gets a name that git refuses. All else keeps its name.
 * 3. What follows the flush (push options, the pack) is handed on untouched: git reads no command
 *    there.
 */
export class PushRequest {
  readonly #options: PushRequestOptions;
  readonly #packets = new PktReader();
  readonly #replaced: ReplacedCommand[] = [];
  readonly #noted: PushCommand[] = [];
  readonly #concerning = new Set<string>();
  #commands = 0;
  #bytes = 0;
  #isBanded = false;
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

  /** The refs that the pusher is to hear more about. */
  get concerning(): ReadonlySet<string> {
    return this.#concerning;
  }

  /** The first commands, as they were asked, and how many there are. */
  get noted(): { readonly commands: readonly PushCommand[]; readonly count: number } {
    return { commands: this.#noted, count: this.#commands };
  }

  /** Whether the client reads its answer off side bands. */
  get isBanded(): boolean {
    return this.#isBanded;
  }

  /**
   * What git is to get for a piece of what the client sent.
   * @throws PUSH_REFUSED when git must not get any of it; it has done nothing yet.
   */
  take(piece: Uint8Array): Uint8Array[] {
    if (this.#isOver) return [piece];
    this.#packets.push(piece);
    const forward: Uint8Array[] = [];
    while (!this.#isOver) {
      const packet = this.#next();
      if (packet === undefined) return forward;
      this.#bytes += packet.raw.length;
      if (this.#bytes > commandsBytesMax) {
        throw pushRefused('too many refs in one push; push fewer at a time');
      }
      forward.push(this.#passed(packet));
    }
    if (this.#packets.rest.length > 0) forward.push(this.#packets.rest);
    return forward;
  }

  #next(): Pkt | undefined {
    try {
      return this.#packets.next();
    } catch (error) {
      if (!isErrorCode(error, 'NO_PACKET')) throw error;
      throw pushRefused(`the push is not in packets: ${error.message}`);
    }
  }

  #passed({ payload, raw }: Pkt): Uint8Array {
    if (payload === undefined) {
      // Other packets without a payload end the list for git, too, and are of no use here.
      if (decodeText(raw) !== '0000') throw pushRefused('the list of refs ends with no flush');
      this.#isOver = true;
      return flushPkt;
    }
    // Before anything is refused, so that the client is told in the way that it reads.
    if (this.#bytes === raw.length) this.#isBanded = bandedIn(payload);
    const line = listLineOf(payload);
    if (line === undefined) throw pushRefused(unreadable(payload));
    if (line.kind === 'shallow') return packetOf(`shallow ${line.commit}`);
    const { command } = line;
    const isFirst = this.#commands === 0;
    if (line.capabilities !== undefined && !isFirst) {
      throw pushRefused('only the first ref of a push comes with capabilities');
    }
    const capabilities = capabilitiesIn(line.capabilities ?? '');
    if (isFirst) this.#isBanded = capabilities.includes(sideBand);
    this.#note(command);
    return packetOf(lineOfCommand(this.#given(command), capabilities));
  }

  #note(command: PushCommand): void {
    this.#commands += 1;
    if (this.#noted.length < notedMax) this.#noted.push(command);
    if (this.#options.concerns?.(command.ref) === true) this.#concerning.add(command.ref);
  }

  /** The command that git gets in place of one. */
  #given(command: PushCommand): PushCommand {
    const { branch, place, deletion, isOwn, refuses } = this.#options;
    const { from, to, ref } = command;
    const refused = refuses?.(command);
    if (refused === undefined && (!isAnnexRef(ref) || isOwn(ref))) return command;
    const isBranch = ref.toLowerCase() === branch.toLowerCase();
    // All there is in another one has been merged.
    if (refused === undefined && isDeletion(command) && !isBranch) return command;
    if (this.#replaced.length >= annexRefsMax) {
      const which = refused === undefined ? 'named git-annex' : `that are not taken (${refused})`;
      throw pushRefused(`more than ${annexRefsMax} refs ${which} in one push`);
    }
    const index = this.#replaced.length;
    const refusal = refused ?? (isDeletion(command) ? deletion : undefined);
    // Git refuses a name with two dots by itself, and all of an atomic push with it.
    const placed = refusal === undefined ? place(index) : `refs/ballast..refused/${index}`;
    this.#replaced.push({ asked: command, placed, refusal });
    return { from: refusal === undefined ? '0'.repeat(from.length) : from, to, ref: placed };
  }
}

const sideBand = 'side-band-64k';

/** Whether the capabilities of a packet, whatever else it says, ask for side bands. */
function bandedIn(payload: Uint8Array): boolean {
  const text = decodeText(payload);
  const end = text.indexOf('\0');
  return end >= 0 && capabilitiesIn(text.slice(end + 1)).includes(sideBand);
}

/** Longest part of a packet that its sender is told. */
const toldLengthMax = 200;

function unreadable(payload: Uint8Array): string {
  const text = decodeText(payload);
  // Nobody is asked for one. What is signed cannot be put under other names.
  if (/^push-cert(?:\n?$|\0)/.test(text)) {
    return 'signed pushes are not taken here; push without a signature';
  }
  return `git's clients send no such command: ${JSON.stringify(text.slice(0, toldLengthMax))}`;
}

function packetOf(line: string): Uint8Array {
  const payload = encodeText(line);
  if (payload.length + 4 > pktBytesMax) throw pushRefused('a command is too long');
  return pktOf(payload);
}
