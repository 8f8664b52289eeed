import { hash } from 'node:crypto';
import type { Dispatcher, Pool } from 'undici';
import type { Clock } from '../../../clock/index.ts';
import { isLostConnection } from '../http/lost-connection.ts';
import { textOf } from '../http/web-answer.ts';
import { XmlAnswer } from '../http/xml-answer.ts';
import { S3Error } from './s3-error.ts';
import { encodedQuery, type S3Call } from './s3-call.ts';
import type { S3Credentials } from './s3-credentials.ts';
import { callTo, type CallOf, type S3Place } from './s3-place.ts';
import { signV2 } from './sign-v2.ts';
import { presignV4, signV4 } from './sign-v4.ts';

/** Limits of requests to a server, milliseconds. */
const connectMsMax = 10_000;
const headMsMax = 60_000;
const silentMsMax = 60_000;

/** Requests at once to one server. */
const connectionsMax = 64;

/** Bytes of an answer in XML: a list of a thousand uploads is far shorter. */
const answerBytesMax = 4_000_000;

/** Of what a server says about a refusal, letters: it gets into logs. */
const saidLengthMax = 500;

/** How long is waited before a request that the server could not take is sent again, milliseconds. */
const pausesMs = [100, 400, 1600];

/** Servers take requests that are off by up to 15 minutes; nearer than this a refusal has another reason. */
const skewMsMin = 5 * 60 * 1000;

/** A difference of the clocks is told of when it has changed by so much, milliseconds: requests that are refused at once see it a little apart. */
const tellMsMin = 60 * 1000;

/**
 * Told that the server's clock is another one than that of this machine, when that shows and when it changes.
 *
 * @param aheadSeconds of the server's, negative where it is behind; 0 when they agree again.
 */
export type OnSkew = (aheadSeconds: number) => void;

/** An answer whose body is read, or given up, by who asked. */
export type S3Response = Dispatcher.ResponseData;

/** What a request brings with it. */
export type S3Request = CallOf & {
  readonly body?: Buffer;
  /** Told before it is sent once more: the server may have done then what it was asked for before. */
  readonly onAgain?: () => void;
};

/** Speaks to one server about one bucket: signs requests, and sends those again that were not taken. */
export class S3Client {
  readonly place: S3Place;
  readonly #credentials: S3Credentials | undefined;
  readonly #clock: Clock;
  #pool: Promise<Pool> | undefined;
  readonly #onSkew: OnSkew;
  /** What the server's clock is ahead of ours, milliseconds. */
  #aheadMs = 0;
  /** And what was told of that. */
  #toldMs = 0;

  /** @param onSkew Default: nobody is told. */
  constructor(
    place: S3Place,
    credentials: S3Credentials | undefined,
    clock: Clock,
    onSkew: OnSkew = () => undefined,
  ) {
    this.place = place;
    this.#credentials = credentials;
    this.#clock = clock;
    this.#onSkew = onSkew;
  }

  /**
   * The answer to a request, whose body is still to be read, when it is one of some statuses.
   *
   * @throws S3Error for any other; Error when none comes.
   */
  async send(request: S3Request, good: readonly number[]): Promise<S3Response> {
    const what = whatOf(request);
    let hasFollowed = false;
    for (let tries = 0; ; tries += 1) {
      const pauseMs = pausesMs[tries];
      let response: S3Response;
      try {
        response = await this.#once(request);
      } catch (error) {
        if (pauseMs === undefined || !isLostConnection(error)) throw told(what, error);
        request.onAgain?.();
        await this.#clock.sleep(pauseMs);
        continue;
      }
      if (good.includes(response.statusCode)) return response;
      const error = await errorOf(what, response);
      const follows: boolean = !hasFollowed && this.#follow(error, response);
      if (pauseMs === undefined || !(error.isRetryable || follows)) throw error;
      request.onAgain?.();
      if (!follows) await this.#clock.sleep(pauseMs);
      hasFollowed ||= follows;
    }
  }

  /** What a request is answered in XML; or with nothing that can be read. */
  async ask(request: S3Request, good: readonly number[] = [200]): Promise<XmlAnswer> {
    for (const pauseMs of pausesMs) {
      try {
        return await this.#askOnce(request, good);
      } catch (error) {
        // What is refused before a 200 has been tried again already.
        const isLate =
          error instanceof S3Error
            ? error.data.status === 200 && error.isRetryable
            : isLostConnection(error);
        if (!isLate) throw error;
        request.onAgain?.();
        await this.#clock.sleep(pauseMs);
      }
    }
    return await this.#askOnce(request, good);
  }

  async #askOnce(request: S3Request, good: readonly number[]): Promise<XmlAnswer> {
    const response = await this.send(request, good);
    const answer = new XmlAnswer(await textOf(response, answerBytesMax));
    // Of what takes long, an error may come after its 200.
    if (answer.name !== 'Error') return answer;
    throw refusalIn(answer, whatOf(request), response);
  }

  async #once(request: S3Request): Promise<S3Response> {
    const { body } = request;
    const call = callTo(this.place, request);
    const query = encodedQuery(call.query);
    this.#pool ??= openPool(this.place.origin);
    const pool = await this.#pool;
    return await pool.request({
      method: call.method,
      path: query === '' ? call.path : `${call.path}?${query}`,
      headers: this.#signed(call, body),
      body: body ?? null,
    });
  }

  /** The headers of a request, by one of which the server sees whether its body came as it was sent. */
  #signed(call: S3Call, body: Buffer | undefined): Readonly<Record<string, string>> {
    const credentials = this.#credentials;
    const { signature, region } = this.place;
    const atMs = this.#clock.wallMs() + this.#aheadMs;
    if (credentials !== undefined && signature === 'v4') {
      const hashed = body === undefined ? {} : { bodySha256: hash('sha256', body) };
      return signV4(call, { credentials, region, atMs, ...hashed });
    }
    const md5 = body === undefined ? {} : { 'content-md5': hash('md5', body, 'base64') };
    const checked = { ...call, headers: { ...call.headers, ...md5 } };
    if (credentials === undefined) return { ...checked.headers, host: call.host };
    return signV2(checked, { credentials, atMs });
  }

  /** Why no urls can be made that others may ask by: `undefined` where they can. */
  get presignRefusal(): 'noCredentials' | 'signatureV2' | undefined {
    if (this.#credentials === undefined) return 'noCredentials';
    return this.place.signature === 'v2' ? 'signatureV2' : undefined;
  }

  /**
   * A url by which whoever has it may make a request for a time, as these credentials may. The headers of the request
   * have to be sent with it. It is a secret: for who asked for it, and for no log.
   *
   * @throws Error where {@link presignRefusal} says why.
   */
  presigned(request: CallOf, lifeSeconds: number): string {
    const { region, origin } = this.place;
    const credentials = this.#credentials;
    if (credentials === undefined || this.presignRefusal !== undefined) {
      throw new Error('no url can be signed for others');
    }
    const call = callTo(this.place, request);
    const atMs = this.#clock.wallMs() + this.#aheadMs;
    return `${origin}${call.path}?${presignV4(call, { credentials, region, atMs, lifeSeconds })}`;
  }

  /**
   * Takes the server's clock for the right one where that is why it has refused; whether it is. The answer to HEAD
   * does not say why, but it has the time.
   */
  #follow({ data: { status, reason } }: S3Error, { headers }: S3Response): boolean {
    const { date } = headers;
    const atMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    const aheadMs = atMs - this.#clock.wallMs();
    const isFar = Math.abs(aheadMs - this.#aheadMs) >= skewMsMin;
    const isSkewed =
      reason === 'RequestTimeTooSkewed' || (status === 403 && reason === '' && isFar);
    if (Number.isNaN(atMs) || !isSkewed) return false;
    this.#aheadMs = aheadMs;
    this.#tell(aheadMs);
    return true;
  }

  #tell(aheadMs: number): void {
    if (Math.abs(aheadMs - this.#toldMs) < tellMsMin) return;
    this.#toldMs = aheadMs;
    this.#onSkew(Math.abs(aheadMs) < tellMsMin ? 0 : Math.round(aheadMs / 1000));
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy();
  }
}

/** Its library is loaded with the first request. */
async function openPool(origin: string): Promise<Pool> {
  const { Pool } = await import('undici');
  return new Pool(origin, {
    connections: connectionsMax,
    connect: { timeout: connectMsMax },
    headersTimeout: headMsMax,
    bodyTimeout: silentMsMax,
  });
}

function whatOf({ method, object }: S3Request): string {
  return `${method} ${object ?? 'the bucket'}`;
}

function told(what: string, error: unknown): Error {
  const why = error instanceof Error ? error.message || error.name : String(error);
  return new Error(`${what}: ${why}`, { cause: error });
}

async function errorOf(what: string, response: S3Response): Promise<S3Error> {
  return refusalIn(new XmlAnswer(await textOf(response, answerBytesMax)), what, response);
}

function refusalIn(answer: XmlAnswer, what: string, { statusCode }: S3Response): S3Error {
  const said = (name: string): string => answer.text(name).slice(0, saidLengthMax);
  return new S3Error(what, { status: statusCode, reason: said('Code') }, said('Message'));
}
