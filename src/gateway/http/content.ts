import type { OutgoingHttpHeaders } from 'node:http';
import type { Key } from '../../key/index.ts';
import {
  allowsRange,
  entityTagOf,
  formatEntityTag,
  judgeConditions,
  notFound,
  parseRange,
  rangeWithin,
  type ByteRange,
  type EntityTag,
} from '../../protocol/index.ts';
import type { ServedContent, ServedStore } from '../stores/served-store.ts';
import { answerProblem } from './answer.ts';
import { contentDisposition } from './download-name.ts';
import type { Exchange } from './exchange.ts';
import { headerText } from './header-text.ts';
import { sendFirst, type FirstBytes } from './send-first.ts';

/** How contents are sent. */
export interface ContentOptions {
  readonly isHead: boolean;
  /** How long a client may take nothing, milliseconds. */
  readonly idleBodyMs: number;
}

/**
 * Sends a content to a git-annex client (versioned routes). An absent key is not found: a success
 * without bytes would make a client accept an empty file for a key without a size (decision 2 in
 * docs/decisions.md).
 */
export async function answerContent(
  exchange: Exchange,
  content: ServedContent | undefined,
  asked: ContentOptions & { readonly offsetBytes: number },
): Promise<void> {
  const { response } = exchange;
  if (content === undefined) return answerProblem(response, notFound);
  exchange.seen?.givenBy(content.node);
  const lengthBytes = Math.max(0, content.sizeBytes - asked.offsetBytes);
  const head = (): void => void response.writeHead(200, lengthHeaders(lengthBytes));
  await send(exchange, { stream: content.stream, lengthBytes, head }, asked);
}

/** A content asked for by anybody who speaks HTTP. */
export interface DownloadAsked extends ContentOptions {
  readonly key: Key;
  readonly associatedFile: string | undefined;
  /** Whether everybody may read, so that caches between may keep it for others. */
  readonly isPublic: boolean;
}

/**
 * Sends a content to whoever speaks HTTP (the unversioned route): a range of it, or nothing when
 * the client has it already. It comes from users, so no browser may show or run it as if it were
 * the gateway's own.
 */
export async function answerDownload(
  exchange: Exchange,
  store: ServedStore,
  asked: DownloadAsked,
): Promise<void> {
  const { request, response } = exchange;
  const opened = await open(exchange, store, asked);
  if (opened === undefined) {
    // It may come any moment; without this, caches would guess how long it will not.
    response.setHeader('Cache-Control', 'no-store');
    return answerProblem(response, notFound);
  }
  const { content, range, tag } = opened;
  exchange.seen?.givenBy(content.node);
  const state = stateHeaders(tag, asked.isPublic);
  const judged = judgeConditions(
    { ifMatch: request.headers['if-match'], ifNoneMatch: request.headers['if-none-match'] },
    tag,
  );
  const empty = judged === 'send' ? unsatisfiable(range, content) : emptyAnswer(judged, state);
  if (empty !== undefined) {
    await content.stream.close();
    response.writeHead(empty.status, empty.headers).end();
    return;
  }
  const part = typeof range === 'object' ? range : { fromByte: 0, untilByte: content.sizeBytes };
  const lengthBytes = part.untilByte - part.fromByte;
  const isPart = typeof range === 'object';
  const headers = {
    ...lengthHeaders(lengthBytes),
    ...state,
    ...(isPart ? { 'Content-Range': contentRange(part, content.sizeBytes) } : {}),
    'Content-Disposition': contentDisposition(asked.associatedFile),
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
  };
  const head = (): void => void response.writeHead(isPart ? 206 : 200, headers);
  await send(exchange, { stream: content.stream, lengthBytes, head }, asked);
}

interface RangedContent {
  readonly content: ServedContent;
  readonly range: ByteRange | 'whole' | 'unsatisfiable';
  readonly tag: EntityTag | undefined;
}

/** How often a content is opened whose size is each time another than the last time. */
const openingsMax = 3;

/**
 * Opens a content where the range begins. That depends on the content's size when the last bytes
 * are asked for, so the first opening goes by the size in the key, if it has one.
 */
async function open(
  { request }: Exchange,
  store: ServedStore,
  { key, isHead }: DownloadAsked,
): Promise<RangedContent | undefined> {
  // Ranges are defined for GET alone (RFC 9110 section 14.2).
  const ranged = isHead ? undefined : parseRange(request.headers.range);
  const ifRange = headerText(request.headers['if-range']);
  const found = (sizeBytes: number): Pick<RangedContent, 'range' | 'tag'> => {
    const tag = entityTagOf(key, sizeBytes);
    const isRanged = ranged !== undefined && allowsRange(ifRange, tag);
    return { range: isRanged ? rangeWithin(ranged, sizeBytes) : 'whole', tag };
  };
  const { MAX_SAFE_INTEGER: max } = Number;
  let fromByte = startOf(found(Math.min(max, Number(key.sizeBytes ?? 0n))).range);
  for (let opening = 1; opening <= openingsMax; opening += 1) {
    const content = await store.get(key, fromByte);
    if (content === undefined) return undefined;
    const { range, tag } = found(content.sizeBytes);
    if (range === 'unsatisfiable' || startOf(range) === fromByte) return { content, range, tag };
    await content.stream.close();
    fromByte = startOf(range);
  }
  throw new Error('the content changed its size each time it was opened');
}

function startOf(range: RangedContent['range']): number {
  return typeof range === 'object' ? range.fromByte : 0;
}

interface EmptyAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

function emptyAnswer(judged: 'notModified' | 'failed', state: OutgoingHttpHeaders): EmptyAnswer {
  if (judged === 'notModified') return { status: 304, headers: state };
  return { status: 412, headers: { 'Content-Length': 0, 'Cache-Control': 'no-store' } };
}

/** RFC 9110 section 15.5.17: the size tells the client what it could ask for. */
function unsatisfiable(
  range: RangedContent['range'],
  { sizeBytes }: ServedContent,
): EmptyAnswer | undefined {
  if (range !== 'unsatisfiable') return undefined;
  const headers = {
    'Content-Length': 0,
    'Content-Range': `bytes */${sizeBytes}`,
    'Cache-Control': 'no-store',
  };
  return { status: 416, headers };
}

/** A year, as long as anybody keeps anything (RFC 9111 section 1.2.2). */
const keepSeconds = 31_536_000;

/** What says which content this is, and how long that holds. */
function stateHeaders(tag: EntityTag | undefined, isPublic: boolean): OutgoingHttpHeaders {
  const isForEver = tag !== undefined && !tag.isWeak;
  const time = isForEver ? `max-age=${keepSeconds}, immutable` : 'no-cache';
  return {
    'Accept-Ranges': 'bytes',
    'Cache-Control': `${isPublic ? 'public' : 'private'}, ${time}`,
    ...(tag === undefined ? {} : { ETag: formatEntityTag(tag) }),
  };
}

function lengthHeaders(lengthBytes: number): OutgoingHttpHeaders {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Length': lengthBytes,
    'X-git-annex-data-length': lengthBytes,
  };
}

function contentRange({ fromByte, untilByte }: ByteRange, sizeBytes: number): string {
  return `bytes ${fromByte}-${untilByte - 1}/${sizeBytes}`;
}

/** Sends so many bytes of a stream, and closes it however that ends. */
async function send(exchange: Exchange, body: FirstBytes, options: ContentOptions): Promise<void> {
  const { response } = exchange;
  if (options.isHead) {
    await body.stream.close();
    body.head();
    response.end();
    return;
  }
  // A client that reads no more must not hold the content open for ever.
  response.setTimeout(options.idleBodyMs, () => response.destroy());
  try {
    await sendFirst(exchange, body);
  } finally {
    await body.stream.close();
  }
}
