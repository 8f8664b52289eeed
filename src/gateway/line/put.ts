import {
  hasFeature,
  lineOfReply,
  requestOfLine,
  type ContentMessage,
  type LineMessage,
  type Reply,
  type RequestOf,
} from '../../protocol/index.ts';
import { answerRequest } from '../stores/answer-request.ts';
import type { ServedStore } from '../stores/served-store.ts';
import { brokenBody } from '../uploads/upload.ts';
import { brokenSession, isBrokenSession } from './broken-session.ts';
import { askerOf, messageOf, type SessionParts } from './session-parts.ts';
import { asError, BallastError } from '../../units/index.ts';

/**
 * Takes a content (spec/p2p-line.md section 5, PUT): the offset, the data from there on, whether
 * the client still thinks it valid, and the verdict.
 */
export async function answerPut(
  opening: LineMessage,
  asked: RequestOf<'putOffset'>,
  store: ServedStore,
  session: SessionParts,
): Promise<void> {
  const { input, output, gateway, version } = session;
  const offset = await answerRequest(asked, store, gateway.locks, askerOf(session));
  await output.send(lineOfReply(offset, version));
  if (offset.kind !== 'putFrom') return;

  const event = await input.next();
  if (event === undefined || messageOf(event, 'ERROR')) return;
  const message = messageOf(event, 'DATA', 'DATA-PRESENT');
  if (message === undefined || (message.word !== 'DATA' && !hasFeature(version, 'dataPresent'))) {
    return await output.sendError('expected DATA');
  }
  const { offsetBytes } = offset;
  const request = requestOfLine(opening, { offsetBytes, message });
  if (request?.verb !== 'put') throw new RangeError(`${opening.word} is no put`);
  await new Upload(request, store, session).answer(message);
}

/** The reply to a content, or what went wrong with it, for when the data is read. */
type Outcome =
  | { readonly kind: 'answered'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly error: Error };

/** One content under way, with what of it is still to be read from the session. */
class Upload {
  readonly #asked: RequestOf<'put'>;
  readonly #store: ServedStore;
  readonly #session: SessionParts;
  #hasData = false;
  /** The piece that is being waited for, perhaps by a body that was left for another upload's. */
  #coming: Promise<Uint8Array> | undefined;
  #lost: BallastError | undefined;

  constructor(asked: RequestOf<'put'>, store: ServedStore, session: SessionParts) {
    this.#asked = asked;
    this.#store = store;
    this.#session = session;
  }

  async answer(message: ContentMessage): Promise<void> {
    const { output, version } = this.#session;
    const outcome =
      message.word === 'DATA-PRESENT'
        ? await this.#stored()
        : await this.#received(message.lengthBytes);
    if (outcome.kind === 'failed') throw this.#lost ?? outcome.error;
    await output.send(lineOfReply(outcome.reply, version));
    if (this.#lost !== undefined) throw this.#lost;
  }

  /**
   * What became of the data. All of it is read whatever becomes of it, so that the session goes on
   * behind it. Whether the client says VALID makes no difference once there is data: it is
   * verified.
   */
  async #received(lengthBytes: number): Promise<Outcome> {
    this.#session.input.takeData(lengthBytes);
    this.#hasData = true;
    if (lengthBytes === 0) {
      await this.#skipData();
      // So a client asks for the offset without sending: the partial content stays.
      return (await this.#isValid()) ? await this.#stored() : notStored;
    }
    const outcome = await this.#stored();
    await this.#skipData();
    if (this.#lost === undefined) await this.#isValid();
    return outcome;
  }

  async #stored(): Promise<Outcome> {
    const { locks } = this.#session.gateway;
    try {
      const asker = askerOf(this.#session, this.#body());
      const reply = await answerRequest(this.#asked, this.#store, locks, asker);
      return { kind: 'answered', reply };
    } catch (error) {
      return { kind: 'failed', error: asError(error) };
    }
  }

  async *#body(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      while (this.#hasData) yield await this.#piece();
    } catch (error) {
      throw isBrokenSession(error) ? brokenBody(error) : error;
    }
  }

  async #skipData(): Promise<void> {
    try {
      while (this.#hasData) await this.#piece();
    } catch (error) {
      if (!isBrokenSession(error)) throw error;
    }
  }

  #piece(): Promise<Uint8Array> {
    this.#coming ??= this.#nextPiece().finally(() => {
      this.#coming = undefined;
    });
    return this.#coming;
  }

  async #nextPiece(): Promise<Uint8Array> {
    const { input, gateway } = this.#session;
    try {
      const event = await input.next(gateway.limits.idleBodyMs);
      if (event?.kind !== 'data') {
        throw brokenSession('the connection was lost in the middle of a content');
      }
      this.#hasData = event.leftBytes > 0;
      return event.bytes;
    } catch (error) {
      this.#hasData = false;
      if (isBrokenSession(error)) this.#lost = error;
      throw error;
    }
  }

  /** What the client says of the data, from version 1 on; else that it is valid. */
  async #isValid(): Promise<boolean> {
    const { input, output, gateway, version } = this.#session;
    if (!hasFeature(version, 'validity')) return true;
    const event = await input.next(gateway.limits.idleBodyMs);
    if (event === undefined) return false;
    const message = messageOf(event, 'VALID', 'INVALID');
    if (message === undefined) await output.sendError('expected VALID or INVALID');
    return message?.word === 'VALID';
  }
}

const notStored: Outcome = {
  kind: 'answered',
  reply: { kind: 'stored', isStored: false, alsoIn: [] },
};
