import {
  lineOfReply,
  negotiateVersion,
  requestOfLine,
  type LineMessage,
  type ProtocolVersion,
  type Request,
} from '../../protocol/index.ts';
import { type Uuid, isErrorCode } from '../../units/index.ts';
import { answerRequest } from '../stores/answer-request.ts';
import type { Gateway } from '../gateway.ts';
import { problemOf } from '../problems.ts';
import type { ServedStore } from '../stores/served-store.ts';
import { brokenSession, isBrokenSession } from './broken-session.ts';
import { answerGet } from './get.ts';
import { connectGit } from './git-service.ts';
import { LineInput } from './line-input.ts';
import { LineOutput, type WriteBytes } from './line-output.ts';
import { answerLock } from './lock.ts';
import { answerPut } from './put.ts';
import { RefWatch } from './ref-watch.ts';
import { askerOf, accessRefusal, type LineAccess, type SessionParts } from './session-parts.ts';

/** Both directions of a session. */
export interface LineChannel {
  readonly input: AsyncIterable<Uint8Array>;
  readonly write: WriteBytes;
}

/** With what a session is, and what its client may do. */
export interface LineSessionOptions {
  /** The repository, proxied node or cluster that the session is with. */
  readonly server: Uuid;
  readonly access: LineAccess;
  /** As the log names the peer. Default: `somebody`. */
  readonly user?: string;
  /** Ends the session at once; what it was doing is left as when the connection is lost. */
  readonly signal: AbortSignal;
}

/** How a session ended: as the protocol has it, or broken off, and why. */
export type SessionEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'broken'; readonly text: string };

/**
 * Serves one session of the line protocol (spec/p2p-line.md) from its AUTH-SUCCESS to its end.
 * Whoever is at the other end has been let in already. Never rejects because of what the peer does.
 */
export async function serveLines(
  gateway: Gateway,
  channel: LineChannel,
  options: LineSessionOptions,
): Promise<SessionEnd> {
  const gone = new AbortController();
  const signal = AbortSignal.any([options.signal, gone.signal]);
  const session = new ServedSession(gateway, channel, { ...options, signal });
  try {
    await session.serve();
    return { kind: 'ended' };
  } catch (error) {
    if (!isBrokenSession(error)) throw error;
    return { kind: 'broken', text: error.message };
  } finally {
    gone.abort(brokenSession('the session is over'));
    session.close();
  }
}

class ServedSession {
  readonly #gateway: Gateway;
  readonly #input: LineInput;
  readonly #output: LineOutput;
  readonly #options: LineSessionOptions;
  readonly #refs: RefWatch;
  /** A session begins without a version, which is version 0. */
  #version: ProtocolVersion = 0;
  #bypass: readonly Uuid[] = [];

  constructor(gateway: Gateway, channel: LineChannel, options: LineSessionOptions) {
    this.#gateway = gateway;
    this.#input = new LineInput(channel.input, { signal: options.signal, clock: gateway.clock });
    this.#output = new LineOutput(channel.write, gateway.limits.idleBodyMs, gateway.clock);
    this.#options = options;
    this.#refs = new RefWatch(gateway);
  }

  async serve(): Promise<void> {
    await this.#output.send({ word: 'AUTH-SUCCESS', serverUuid: this.#options.server });
    for (;;) {
      const event = await this.#input.next();
      if (event === undefined) return;
      if (event.kind === 'data') throw new RangeError('data that nobody asked for');
      if (event.kind === 'unknown') await this.#output.sendError('unknown command');
      else if ((await this.#take(event.message)) === 'end') return;
    }
  }

  close(): void {
    this.#refs.close();
  }

  async #take(message: LineMessage): Promise<'go on' | 'end'> {
    switch (message.word) {
      case 'VERSION':
        this.#version = negotiateVersion(message.version);
        // One below 0 is answered with itself, and goes on as 0 (spec/p2p-line.md section 3).
        await this.#output.send({
          word: 'VERSION',
          version: Math.min(message.version, this.#version),
        });
        return 'go on';
      case 'BYPASS':
        this.#bypass = message.uuids;
        return 'go on';
      case 'ERROR':
        return 'end';
      case 'CONNECT':
        await connectGit(message.service, this.#parts());
        return 'end';
      case 'NOTIFYCHANGE':
        return await this.#notify();
      default:
        await this.#answer(message);
        return 'go on';
    }
  }

  /** What cannot be answered is an ERROR for the request; the session goes on. */
  async #answer(message: LineMessage): Promise<void> {
    const request = requestOfLine(message);
    if (request === undefined) return await this.#output.sendError('unexpected command');
    const refusal = accessRefusal(request.verb, this.#options.access);
    if (refusal !== undefined) return await this.#output.sendError(refusal);
    try {
      const store = await this.#gateway.store(this.#options.server, this.#bypass);
      if (store === undefined) return await this.#output.sendError('this is not served any more');
      await this.#answerFrom(store, message, request);
    } catch (error) {
      if (isBrokenSession(error)) throw error;
      const isTold = isErrorCode(error, 'NODE_SUSPECTED');
      if (!isTold) this.#gateway.warn(`${message.word} failed`, error);
      await this.#output.sendError(problemOf(error).text);
    }
  }

  async #answerFrom(store: ServedStore, message: LineMessage, request: Request): Promise<void> {
    const parts = this.#parts();
    if (request.verb === 'get') return await answerGet(request, store, parts);
    if (request.verb === 'putOffset') return await answerPut(message, request, store, parts);
    if (request.verb === 'lockContent') return await answerLock(request, store, parts);
    if (request.verb === 'keepLocked') throw new RangeError('no line says keepLocked');
    const reply = await answerRequest(request, store, this.#gateway.locks, askerOf(parts));
    await this.#output.send(lineOfReply(reply, this.#version));
  }

  /**
   * Waits for refs to change and names the commits that they point to, as clients look for those
   * (the reference server does this on other transports than stdio only).
   */
  async #notify(): Promise<'go on' | 'end'> {
    const { signal } = this.#options;
    const stop = new AbortController();
    try {
      const changed = this.#refs.changes(AbortSignal.any([signal, stop.signal]));
      const refs = await Promise.race([changed, this.#input.closed(stop.signal)]);
      if (refs === undefined) return 'end';
      await this.#output.send({ word: 'CHANGED', refs });
      return 'go on';
    } catch (error) {
      if (isBrokenSession(error)) throw error;
      this.#gateway.warn('NOTIFYCHANGE failed', error);
      await this.#output.sendError(problemOf(error).text);
      return 'go on';
    } finally {
      stop.abort();
    }
  }

  #parts(): SessionParts {
    const { server, access, user = 'somebody', signal } = this.#options;
    return {
      gateway: this.#gateway,
      input: this.#input,
      output: this.#output,
      server,
      access,
      user,
      signal,
      version: this.#version,
    };
  }
}
