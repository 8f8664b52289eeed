import type { Clock } from '../../../clock/index.ts';
import { namesItsContent, type Key } from '../../../key/index.ts';
import {
  hasFeature,
  isOffered,
  linesOfRequest,
  replyOfLine,
  type LineMessage,
  type Reply,
  type Request,
} from '../../../protocol/index.ts';
import { machineClock } from '../../../repository/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import type { PeerNames } from '../http/http-peer.ts';
import type { LineCommand } from './line-command.ts';
import { canForget, forgetTriesMax, refuseSpoiled, spoilingBytes } from '../kept-part.ts';
import { LineLock, type LockSession } from './line-lock.ts';
import type { LineSession } from './line-session.ts';
import { LineUpload } from './line-upload.ts';
import {
  PeerError,
  replyOf,
  type AskOptions,
  type PeerConnection,
  type PeerLock,
  type PeerUpload,
  type PeerQuestion,
} from '../peer-connection.ts';
import { defaultPeerLimits, type PeerBounds, type PeerLimits } from '../peer-limits.ts';
import { SessionPool } from './session-pool.ts';

/** What a {@link LinePeer} runs, and for whom. */
export interface LinePeerOptions extends PeerNames {
  readonly command: LineCommand;
  readonly limits?: Partial<PeerLimits>;
  /** Default: that of this machine. */
  readonly clock?: Clock | undefined;
}

/**
 * A peer behind a program that speaks the line protocol, as `git-annex-shell p2pstdio` does, over
 * ssh or not (spec/p2p-line.md). Each request has a session for itself; what keeps one for long, a
 * lock, takes none from the others.
 */
export class LinePeer implements PeerConnection {
  readonly #limits: PeerBounds;
  readonly #sessions: SessionPool;
  readonly #lockSessions: SessionPool;

  constructor(options: LinePeerOptions) {
    const { command } = options;
    const limits = {
      ...defaultPeerLimits,
      ...options.limits,
      clock: options.clock ?? machineClock,
    };
    this.#limits = limits;
    this.#sessions = new SessionPool(command, options, limits, limits.sessionsMax);
    this.#lockSessions = new SessionPool(command, options, limits, limits.locksMax);
  }

  ask(question: PeerQuestion, options: AskOptions = {}): Promise<Reply> {
    const sessions = options.isProbe === true ? this.#lockSessions : this.#sessions;
    return this.#with(sessions, async (session) => {
      options.signal?.throwIfAborted();
      if (!isOffered(question.verb, session.version)) {
        throw new PeerError(`it speaks version ${session.version}, which has no ${question.verb}`);
      }
      return await this.#ask(session, question);
    });
  }

  async get(key: Key, fromByte: number): Promise<ByteStream & { readonly lengthBytes: number }> {
    const session = await this.#sessions.take();
    const done = once(() => this.#sessions.give(session));
    try {
      await session.send(
        opening({ verb: 'get', key, offsetBytes: fromByte, associatedFile: undefined }),
      );
      const head = await session.receive();
      if (head.word !== 'DATA') throw await session.unexpected(head);
      return contentOf(session, head.lengthBytes, done);
    } catch (error) {
      done();
      throw error;
    }
  }

  async put(key: Key, sizeBytes: number): Promise<PeerUpload | 'present'> {
    const session = await this.#sessions.take();
    const done = once(() => this.#sessions.give(session));
    try {
      const offsetBytes = await this.#putOffset(session, key);
      if (offsetBytes === 'present') {
        done();
        return 'present';
      }
      const lengthBytes = Math.max(0, sizeBytes - offsetBytes);
      return new LineUpload(session, { offsetBytes, lengthBytes, limits: this.#limits, done });
    } catch (error) {
      done();
      throw error;
    }
  }

  async lock(key: Key): Promise<PeerLock | undefined> {
    const lockAgain = (): Promise<LockSession | undefined> => this.#locked(key);
    const held = await lockAgain();
    return held === undefined
      ? undefined
      : new LineLock(held, { clock: this.#limits.clock, lockAgain });
  }

  async close(): Promise<void> {
    await Promise.all([this.#sessions.close(), this.#lockSessions.close()]);
  }

  /**
   * Where an upload has to begin. A session cannot begin before the end of what the peer kept, so it
   * has to forget that. Where it cannot, only a hash lets it find that it is of another content.
   */
  async #putOffset(session: LineSession, key: Key): Promise<number | 'present'> {
    for (let tries = 0; ; tries += 1) {
      const reply = await this.#ask(session, { verb: 'putOffset', key });
      if (reply.kind === 'alreadyHave') return 'present';
      const { offsetBytes } = replyOf(reply, 'putFrom');
      if (offsetBytes === 0) return 0;
      const isLast = tries === forgetTriesMax || !canForget(key);
      const mayForget = !isLast && hasFeature(session.version, 'validity');
      if (!mayForget && namesItsContent(key)) return offsetBytes;
      const part = { offsetBytes, lengthBytes: 0, limits: this.#limits, done: () => undefined };
      const upload = new LineUpload(session, part);
      if (!mayForget) {
        await upload.abandon();
        break;
      }
      refuseSpoiled(key, await upload.spoil(spoilingBytes(key, offsetBytes)));
    }
    throw new PeerError(
      'it keeps part of an interrupted upload, and nothing tells whether that is of this ' +
        'content; remove it there: git annex unused, git annex dropunused',
    );
  }

  async #ask(session: LineSession, request: Request): Promise<Reply> {
    await session.send(opening(request));
    const message = await session.receive();
    const reply = replyOfLine(request.verb, message);
    if (reply === undefined) throw await session.unexpected(message);
    return reply;
  }

  async #locked(key: Key): Promise<LockSession | undefined> {
    const session = await this.#lockSessions.take();
    const done = once(() => this.#lockSessions.give(session));
    try {
      const reply = await this.#ask(session, { verb: 'lockContent', key });
      if (reply.kind === 'locked') {
        return { session, unlock: () => this.#unlock(session, key), done };
      }
      done();
      return undefined;
    } catch (error) {
      done();
      throw error;
    }
  }

  /** UNLOCKCONTENT has no answer: that of another question tells that it was heard. */
  async #unlock(session: LineSession, key: Key): Promise<void> {
    await session.send({ word: 'UNLOCKCONTENT' });
    await this.#ask(session, { verb: 'checkPresent', key });
  }

  async #with<T>(pool: SessionPool, act: (session: LineSession) => Promise<T>): Promise<T> {
    const session = await pool.take();
    try {
      return await act(session);
    } finally {
      pool.give(session);
    }
  }
}

function opening(request: Request): LineMessage {
  const lines = linesOfRequest(request);
  if (lines === undefined) throw new PeerError(`a session has no ${request.verb}`);
  return lines.opening;
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

/**
 * The content of a GET. Its last byte is held back until the peer has said that what it sent is
 * what the key has, so that a content that changed under way does not look whole.
 */
function contentOf(
  session: LineSession,
  lengthBytes: number,
  done: () => void,
): ByteStream & { readonly lengthBytes: number } {
  let hasEnded = false;
  const end = async (): Promise<void> => {
    // The peer would go on sending for as long as somebody takes it.
    if (!hasEnded) await session.end(0);
    done();
  };
  return {
    lengthBytes,
    async *[Symbol.asyncIterator]() {
      try {
        let last: Uint8Array | undefined;
        for await (const bytes of session.receiveData(lengthBytes)) {
          if (last !== undefined) yield last;
          if (bytes.length > 1) yield bytes.subarray(0, -1);
          last = bytes.slice(-1);
        }
        await confirm(session);
        hasEnded = true;
        if (last !== undefined) yield last;
      } finally {
        await end();
      }
    },
    close: end,
  };
}

/** Hears whether the content was valid, and ends the request. */
async function confirm(session: LineSession): Promise<void> {
  const hasVerdict = hasFeature(session.version, 'validity');
  const verdict = hasVerdict ? await session.receive() : undefined;
  if (verdict === undefined || verdict.word === 'VALID')
    return await session.send({ word: 'SUCCESS' });
  if (verdict.word !== 'INVALID') throw await session.unexpected(verdict);
  await session.send({ word: 'FAILURE' });
  const why = 'the content changed while it was sent, or is not there any more';
  throw new PeerError(why, { code: 'CONTENT_CHANGED' });
}
