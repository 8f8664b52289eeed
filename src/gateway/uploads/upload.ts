import type { Clock } from '../../clock/index.ts';
import { makeEquivalentVerifier, type Key, type Verifier } from '../../key/index.ts';
import {
  loadNativeHasher,
  NodeUnavailableError,
  type Deposit,
  type StorageNode,
  type TakenContent,
} from '../../nodes/index.ts';
import { within } from '../../waiting/index.ts';
import { tee, type Sink } from '../../stream/index.ts';
import { ClientBody } from './client-body.ts';
import type { GatewayLimits } from '../limits.ts';
import { CarriedHash } from './carried-hash.ts';
import { ResumedHash } from './resumed-hash.ts';
import { BallastError, isErrorCode } from '../../units/index.ts';

/** A content, or the rest of one, that a client is sending. */
export interface Upload {
  readonly key: Key;
  /** The path that the client gives for it, which expressions may look at. */
  readonly associatedFile: string | undefined;
  /** Keys that are recorded to have the same content. Default: none. */
  readonly equivalents?: readonly Key[] | undefined;
  /** What the client has sent to a node itself, of which the body is read. Default: nothing. */
  readonly taken?: TakenContent | undefined;
  /** Told how the body was found to be, when all of it was read. Default: nobody is. */
  readonly judged?: ((outcome: Received['outcome']) => void) | undefined;
  /** Where in the content the body begins, bytes. */
  readonly offsetBytes: number;
  /** Bytes that the client says it will send. */
  readonly lengthBytes: number;
  /** Throws a `BROKEN_BODY` when the client's connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** A node that an upload is being written to. */
export interface Receiver {
  readonly node: StorageNode;
  readonly deposit: Deposit;
  /** The upload has no turn there any more. */
  readonly leave?: () => void;
}

/**
 * How the bytes came in. `verified`: the receivers hold the key's content, to be committed or
 * abandoned by the caller. Otherwise all deposits are ended. `lost` tells why nodes dropped out.
 */
export interface Received {
  readonly outcome: 'verified' | 'incomplete' | 'tooLong' | 'wrong' | 'gap';
  readonly receivers: readonly Receiver[];
  readonly lost: ReadonlyMap<StorageNode, unknown>;
}

/** A body that ended before its end: its client is gone, or was silent for too long. */
export function brokenBody(cause: unknown): BallastError {
  return new BallastError('BROKEN_BODY', 'the connection broke in the middle of a body', { cause });
}

/** What bounds an upload's dealings with nodes. */
export interface Bounds {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
}

/** A body that is longer than was announced. */
function tooLong(announcedBytes: number): BallastError {
  return new BallastError('TOO_LONG', `more came than the ${announcedBytes} bytes announced`);
}

/**
 * Reads an upload once and writes it to all receivers at the same time, hashing as it passes.
 * Nothing is kept in memory beyond the window. An interrupted upload leaves what arrived for a
 * later one to go on from; a wrong one is deleted (spec/p2p-http.md section 5, put).
 *
 * @throws UnverifiableKeyError before anything is read; whatever else goes wrong here that is neither
 * the client's nor a node's doing.
 */
export async function receive(
  upload: Upload,
  receivers: readonly Receiver[],
  by: Bounds,
): Promise<Received> {
  const lost = new Map<StorageNode, unknown>();
  if (isTooLong(upload)) return await giveUp(receivers, 'tooLong', lost, by);
  // Nodes were chosen anew since the client asked for the offset. To go on without those that lack
  // what comes before it would leave fewer copies than were decided: the client starts over.
  const isGap = receivers.some(({ deposit }) => upload.offsetBytes > deposit.offsetBytes);
  if (isGap) return await giveUp(receivers, 'gap', lost, by);
  if (upload.body instanceof ClientBody) {
    upload.body.goesWhereKept(receivers.every(({ deposit }) => deposit.isResumable));
  }
  try {
    const lanes = await startLanes(upload, receivers, lost, by);
    const outcome = await pour(upload, lanes, lost, by);
    const verified = lanes.filter(({ node }) => !lost.has(node));
    if (outcome !== 'complete') return await giveUp(verified, outcome, lost, by);
    const [good, bad] = partition(verified, (lane) => lane.verifier.matches());
    if (good.length === 0 && bad.length > 0) return await giveUp(bad, 'wrong', lost, by);
    await Promise.all(bad.map((lane) => abandonQuietly(lane, 'delete', by)));
    return { outcome: 'verified', receivers: good, lost };
  } catch (error) {
    await Promise.all(receivers.map((receiver) => abandonQuietly(receiver, 'keep', by)));
    throw error;
  }
}

/** A receiver with the verifier that judges what it will hold. */
interface Lane extends Receiver {
  readonly verifier: Verifier;
  /** What feeds the verifier, where that is with this lane's bytes only. */
  readonly resumed?: ResumedHash | CarriedHash;
}

/**
 * From the first byte on, one verifier serves all. A resumed upload builds on bytes that each node
 * kept by itself, so that each is judged by itself, what it kept included.
 */
async function startLanes(
  upload: Upload,
  receivers: readonly Receiver[],
  lost: Map<StorageNode, unknown>,
  by: Bounds,
): Promise<Lane[]> {
  const isWhole = upload.offsetBytes === 0;
  const makeHasher = await loadNativeHasher();
  const makeVerifier = (): Verifier =>
    makeEquivalentVerifier(upload.key, upload.equivalents ?? [], makeHasher);
  const shared = makeVerifier();
  const lanes = await Promise.all(
    receivers.map(async (receiver): Promise<Lane | undefined> => {
      const { node, deposit } = receiver;
      const at = { node, clock: by.clock };
      const verifier = isWhole ? shared : makeVerifier();
      try {
        await answered(at, deposit.start(upload.offsetBytes), by.limits.nodeAnswerMs);
        if (deposit.keptHash !== undefined) {
          const carried = new CarriedHash(deposit, upload.offsetBytes, makeVerifier);
          return { node, deposit, verifier: carried.verifier, resumed: carried };
        }
        if (isWhole) return { node, deposit, verifier };
        const resumed = new ResumedHash(deposit, verifier, {
          fromByte: upload.offsetBytes,
          inTime: (answer) => answered(at, answer, by.limits.nodeStallMs),
        });
        // The client's bytes wait for it, and not in memory.
        if (deposit.canReadWritten === false) {
          upload.signal.addEventListener('abort', () => resumed.stop(), { once: true });
          await resumed.caughtUp();
        }
        return { node, deposit, verifier, resumed };
      } catch (error) {
        lost.set(node, error);
        await abandonQuietly(receiver, 'keep', by);
        return undefined;
      }
    }),
  );
  return lanes.filter((lane) => lane !== undefined);
}

function answered<T>(
  { node, clock }: { readonly node: StorageNode; readonly clock: Clock },
  answer: Promise<T>,
  limitMs: number,
): Promise<T> {
  const error = (): Error => new NodeUnavailableError(node.name, `no answer within ${limitMs} ms`);
  return within(answer, { clock, limitMs, error });
}

/** Whether what the client says it will send is more than the key's content can be. */
function isTooLong({ key, offsetBytes, lengthBytes }: Upload): boolean {
  return key.sizeBytes !== undefined && BigInt(offsetBytes) + BigInt(lengthBytes) > key.sizeBytes;
}

async function pour(
  upload: Upload,
  lanes: readonly Lane[],
  lost: Map<StorageNode, unknown>,
  by: Bounds,
): Promise<'complete' | 'incomplete' | 'tooLong'> {
  if (lanes.length === 0) return 'incomplete';
  let receivedBytes = 0;
  const shared = lanes.find((lane) => lane.resumed === undefined)?.verifier;
  const delay = (ms: number, signal: AbortSignal): Promise<void> => wait(by.clock, ms, signal);
  const sinks = new Map<Sink, Lane>(lanes.map((lane) => [sinkOf(lane), lane]));
  try {
    const failures = await tee(
      upload.body,
      [...sinks.keys()],
      { windowBytes: by.limits.uploadWindowBytes, stallMs: by.limits.nodeStallMs, delay },
      (piece) => {
        receivedBytes += piece.length;
        if (receivedBytes > upload.lengthBytes) throw tooLong(upload.lengthBytes);
        shared?.update(piece);
      },
    );
    for (const [sink, error] of failures) {
      const lane = sinks.get(sink);
      if (lane !== undefined) await lose(lane, error, lost, by);
    }
    if (receivedBytes < upload.lengthBytes) return 'incomplete';
    await finishHashes(
      lanes.filter(({ node }) => !lost.has(node)),
      lost,
      by,
    );
    return 'complete';
  } catch (error) {
    if (isErrorCode(error, 'TOO_LONG')) return 'tooLong';
    // What came of one that gave way is kept like that of one that broke off.
    if (isErrorCode(error, 'BROKEN_BODY', 'GAVE_WAY')) return 'incomplete';
    throw error;
  } finally {
    for (const { resumed } of lanes) resumed?.stop();
  }
}

async function finishHashes(
  lanes: readonly Lane[],
  lost: Map<StorageNode, unknown>,
  by: Bounds,
): Promise<void> {
  await Promise.all(
    lanes.map(async (lane) => {
      try {
        await lane.resumed?.finish();
      } catch (error) {
        await lose(lane, error, lost, by);
      }
    }),
  );
}

async function lose(
  lane: Lane,
  error: unknown,
  lost: Map<StorageNode, unknown>,
  by: Bounds,
): Promise<void> {
  lane.resumed?.stop();
  lost.set(lane.node, error);
  await abandonQuietly(lane, 'keep', by);
}

function sinkOf({ deposit, resumed }: Lane): Sink {
  return { write: (piece) => (resumed ?? deposit).write(piece) };
}

async function giveUp(
  receivers: readonly Receiver[],
  outcome: Exclude<Received['outcome'], 'verified'>,
  lost: ReadonlyMap<StorageNode, unknown>,
  by: Bounds,
): Promise<Received> {
  // Where several nodes kept different amounts, forgetting them lets the next try begin anew.
  const isKept = outcome === 'incomplete' || (outcome === 'gap' && receivers.length === 1);
  const bytes = isKept ? 'keep' : 'delete';
  await Promise.all(receivers.map((receiver) => abandonQuietly(receiver, bytes, by)));
  return { outcome, receivers: [], lost };
}

/**
 * Gives a deposit up. The upload has failed already; a deposit that cannot even be given up, or not
 * in time, adds nothing to that.
 */
export async function abandonQuietly(
  { node, deposit }: Receiver,
  bytes: 'keep' | 'delete',
  by: Bounds,
): Promise<void> {
  try {
    await answered({ node, clock: by.clock }, deposit.abandon(bytes), by.limits.nodeAnswerMs);
  } catch {
    // What stays is a partial file, which the next upload of the key takes over.
  }
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  const passed: T[] = [];
  const failed: T[] = [];
  for (const one of all) (test(one) ? passed : failed).push(one);
  return [passed, failed];
}

/** Asked for at every wait for the disk, so without an error where it is no longer wanted. */
function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(milliseconds, resolve);
    const stop = (): void => {
      timer.close();
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
