import assert from 'node:assert/strict';
import { lengthOf } from '../http/web-answer.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import { S3Error } from './s3-error.ts';
import type { S3Client } from './s3-client.ts';
import type { BegunUpload, OpenUploads } from './open-uploads.ts';

/** Of an object of several parts, each but the last has at least 5 MiB, and there are at most 10,000. */
const partBytesMin = 5 * 1024 * 1024;
/** Of one whose size shows at the end, so that it may have 80 GiB. */
const partBytesUnsized = 8 * 1024 * 1024;
const partsMax = 9_500;

/** Parts that are sent at once: a server takes a while over each. */
const partsAtOnce = 3;

/** What a deposit works on. */
export interface S3DepositParts {
  readonly object: string;
  /** As it is stored; `undefined` when that shows at the end. */
  readonly sizeBytes: number | undefined;
  readonly uploads: OpenUploads;
}

/** An upload of several parts. */
interface Multipart extends BegunUpload {
  /** The tags of the parts, by their place. */
  readonly tags: string[];
  /** How many parts were begun. */
  count: number;
}

/**
 * An object on its way: in one request when it is small, else part by part as it comes. Some parts are sent while
 * the next one fills, so that it takes the memory of {@link partsAtOnce} and one more.
 */
export class S3Deposit implements PieceDeposit {
  readonly #client: S3Client;
  readonly #parts: S3DepositParts;
  readonly #partBytes: number;
  #filling: Buffer;
  #filled = 0;
  /** What went into parts. */
  #sentBytes = 0;
  readonly #spare: Buffer[] = [];
  #multipart: Multipart | undefined;
  readonly #sending = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(client: S3Client, parts: S3DepositParts) {
    this.#client = client;
    this.#parts = parts;
    const { sizeBytes } = parts;
    this.#partBytes =
      sizeBytes === undefined
        ? partBytesUnsized
        : Math.max(partBytesMin, Math.ceil(sizeBytes / partsMax));
    // What is known to be small takes no more than it needs.
    this.#filling = Buffer.allocUnsafeSlow(Math.min(this.#partBytes, sizeBytes ?? this.#partBytes));
  }

  async write(bytes: Uint8Array): Promise<void> {
    let left = bytes;
    while (left.length > 0) {
      assert(!this.#isOver, 'the deposit is over');
      if (this.#filled === this.#filling.length) await this.#sendPart();
      const take = left.subarray(0, this.#filling.length - this.#filled);
      this.#filling.set(take, this.#filled);
      this.#filled += take.length;
      left = left.subarray(take.length);
    }
  }

  async commit(): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    if (this.#multipart === undefined) {
      await this.#put(this.#filling.subarray(0, this.#filled));
    } else {
      await this.#sendPart();
      await this.#sent();
      await this.#complete(this.#multipart);
    }
    this.#isOver = true;
  }

  /**
   * As `commit`, under another name as long as nothing has been sent.
   *
   * @returns whether it has that name: what was sent in parts has the one that it was begun with.
   */
  async commitAs(object: string): Promise<boolean> {
    if (this.#multipart !== undefined) {
      await this.commit();
      return object === this.#parts.object;
    }
    assert(!this.#isOver, 'the deposit is over');
    await this.#put(this.#filling.subarray(0, this.#filled), object);
    this.#isOver = true;
    return true;
  }

  async #put(body: Buffer, object = this.#parts.object): Promise<void> {
    const response = await this.#client.send(
      { method: 'PUT', object, headers: this.#headers(), body },
      [200],
    );
    await response.body.dump();
  }

  #headers(): Readonly<Record<string, string>> {
    return {
      ...this.#client.place.objectHeaders,
      'content-type': 'application/octet-stream',
    };
  }

  /** Waits until one more may be sent, and has it on its way when it resolves. */
  async #sendPart(): Promise<void> {
    const body = this.#filling.subarray(0, this.#filled);
    this.#multipart ??= await this.#begin();
    const multipart = this.#multipart;
    while (this.#sending.size >= partsAtOnce) await Promise.race(this.#sending);
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isOver) throw new Error('the upload was given up');
    const filled = this.#filling;
    this.#filling = this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#partBytes);
    this.#sentBytes += this.#filled;
    this.#filled = 0;
    const place = multipart.count;
    multipart.count += 1;
    const sending = this.#send(multipart, place, body)
      .catch((error: unknown) => {
        // Whoever writes next, or commits, hears of it.
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#sending.delete(sending);
        if (filled.length === this.#partBytes) this.#spare.push(filled);
      });
    this.#sending.add(sending);
  }

  /** Resolves when no part is on its way; throws when one has failed. */
  async #sent(): Promise<void> {
    await Promise.all(this.#sending);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #begin(): Promise<Multipart> {
    const { object, uploads } = this.#parts;
    const begun = await uploads.begin(object, async (onAgain) => {
      const query = [['uploads', '']] as const;
      const headers = this.#headers();
      const request = { method: 'POST', object, query, headers, onAgain } as const;
      const id = (await this.#client.ask(request)).text('UploadId');
      if (id === '') throw new Error('the server gives an upload of several parts no name');
      return id;
    });
    const multipart = { ...begun, tags: [], count: 0 };
    // Whoever gave it up meanwhile knew of no upload.
    if (this.#isOver) await this.#giveUp(multipart);
    return multipart;
  }

  async #giveUp({ id, forget }: Multipart): Promise<void> {
    const { object } = this.#parts;
    const query = [['uploadId', id]] as const;
    const response = await this.#client.send({ method: 'DELETE', object, query }, [204, 200, 404]);
    await response.body.dump();
    await forget();
  }

  async #send({ id, tags }: Multipart, place: number, body: Buffer): Promise<void> {
    const { object } = this.#parts;
    const query = [
      ['partNumber', `${place + 1}`],
      ['uploadId', id],
    ] as const;
    const response = await this.#client.send({ method: 'PUT', object, query, body }, [200]);
    await response.body.dump();
    const tag = response.headers['etag'];
    if (typeof tag !== 'string') throw new Error('the server gives a part no tag');
    tags[place] = tag;
  }

  async #complete({ id, tags, forget }: Multipart): Promise<void> {
    const { object } = this.#parts;
    const rows = tags.map(
      (tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${inXml(tag)}</ETag></Part>`,
    );
    const body = Buffer.from(`<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`);
    const query = [['uploadId', id]] as const;
    const headers = { 'content-type': 'application/xml' };
    try {
      await this.#client.ask({ method: 'POST', object, query, headers, body });
    } catch (error) {
      // An answer that was lost, and the same request again.
      const isGone = error instanceof S3Error && error.data.reason === 'NoSuchUpload';
      if (!isGone || !(await this.#isThere())) throw error;
    }
    await forget();
  }

  /** Whether the object is what was sent, and none that was there before. */
  async #isThere(): Promise<boolean> {
    const { object } = this.#parts;
    const response = await this.#client.send({ method: 'HEAD', object }, [200, 404]);
    await response.body.dump();
    return response.statusCode === 200 && lengthOf(response) === this.#sentBytes;
  }

  get canPause(): boolean {
    return this.#multipart !== undefined;
  }

  async pause(): Promise<number | undefined> {
    assert(!this.#isOver, 'the deposit is over');
    if (this.#multipart === undefined) return undefined;
    await this.#sent();
    this.#spare.length = 0;
    return this.#filling.length;
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await Promise.all(this.#sending);
    if (this.#multipart !== undefined) await this.#giveUp(this.#multipart);
  }
}

function inXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
