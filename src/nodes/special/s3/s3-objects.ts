import { streamOf } from '../../../stream/index.ts';
import type { FoundPiece, StoredPiece } from '../pieces/piece-store.ts';
import { encodedName, lengthOf, partFrom, partHeaders, textOf } from '../http/web-answer.ts';
import { encodeText, type Uuid } from '../../../units/index.ts';
import { S3Error } from './s3-error.ts';
import type { S3Client } from './s3-client.ts';
import { S3Deposit } from './s3-deposit.ts';
import type { OpenUploads } from './open-uploads.ts';

/** Bytes of what says whose a bucket is, or of why it does not: the first is a UUID. */
const ownerBytesMax = 100_000;

/** The objects of a bucket, by their names behind the prefix of a remote. An object shows when all of it is there. */
export class S3Objects {
  readonly #client: S3Client;
  readonly #uploads: OpenUploads;
  readonly #owner: Uuid;
  /** Whether the bucket was found to be the remote's own. */
  #isOwn = false;
  #owned: Promise<void> | undefined;
  /** A look at whether the bucket is there, which all who want to know now share. */
  #bucket: Promise<void> | undefined;

  /** @param owner the repository that the contents are of. */
  constructor(client: S3Client, uploads: OpenUploads, owner: Uuid) {
    this.#owner = owner;
    this.#client = client;
    this.#uploads = uploads;
  }

  /** What is known of an object; `undefined` when it is not there. */
  async look(name: string): Promise<FoundPiece | undefined> {
    await this.#assertOwn();
    const object = this.#objectOf(name);
    const response = await this.#client.send({ method: 'HEAD', object }, [200, 404]);
    await response.body.dump();
    if (response.statusCode === 200) return { sizeBytes: lengthOf(response) };
    await this.#assertBucket();
    return undefined;
  }

  /** An object from a byte on; `undefined` when it is not there. */
  async get(name: string, fromByte: number): Promise<StoredPiece | undefined> {
    await this.#assertOwn();
    const object = this.#objectOf(name);
    try {
      const request = { method: 'GET', object, headers: partHeaders(fromByte) } as const;
      return partFrom(await this.#client.send(request, [200, 206]), fromByte);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const { status, reason } = error.data;
      if (status === 416) {
        const found = await this.look(name);
        return found && { ...found, stream: streamOf() };
      }
      if (status !== 404 || reason === 'NoSuchBucket') throw error;
      await this.#assertBucket();
      return undefined;
    }
  }

  /** Begins to store an object. */
  async put(name: string, sizeBytes: number | undefined): Promise<S3Deposit> {
    await this.#assertOwn();
    const object = this.#objectOf(name);
    return new S3Deposit(this.#client, { object, sizeBytes, uploads: this.#uploads });
  }

  /** Removes an object, if it is there. */
  async remove(name: string): Promise<void> {
    await this.#assertOwn();
    const object = this.#objectOf(name);
    const response = await this.#client.send({ method: 'DELETE', object }, [200, 204, 404]);
    await response.body.dump();
    if (response.statusCode === 404) await this.#assertBucket();
  }

  /** The object that a name stands for, with the prefix. */
  nameOf(name: string): string {
    return this.#objectOf(name);
  }

  /**
   * Has the server copy an object, in the place of what has the name. It does so for what has at most 5 GiB.
   *
   * @throws S3Error, also when there is no such object.
   */
  async copy(from: string, to: string): Promise<void> {
    const given = Object.entries(this.#client.place.objectHeaders);
    const headers = Object.fromEntries(given.filter(([header]) => isNotOfContent(header)));
    await this.#copied(from, to, { ...headers, 'x-amz-metadata-directive': 'COPY' });
  }

  /**
   * As `copy`, to where it is no content: it is of the usual storage class, so that it can be read, and shown to nobody.
   *
   * @throws S3Error, also when there is no such object.
   */
  async copyBeside(from: string, to: string): Promise<void> {
    await this.#copied(from, to, { 'x-amz-metadata-directive': 'COPY' });
  }

  /**
   * As `copy`, of an object of so many bytes, which gets the headers that what is stored here gets.
   *
   * @throws S3Error, also when there is no such object; Error when what came of it has another size.
   */
  async place(from: string, to: string, sizeBytes: number): Promise<void> {
    const { objectHeaders } = this.#client.place;
    const hasTags = 'x-amz-tagging' in objectHeaders;
    await this.#copied(from, to, {
      ...objectHeaders,
      ...(hasTags ? { 'x-amz-tagging-directive': 'REPLACE' } : {}),
      'content-type': 'application/octet-stream',
      'x-amz-metadata-directive': 'REPLACE',
    });
    const found = await this.look(to);
    if (found?.sizeBytes === sizeBytes) return;
    throw new Error(`the server has copied ${found?.sizeBytes ?? 'no'} bytes of ${sizeBytes}`);
  }

  async #copied(from: string, to: string, given: Readonly<Record<string, string>>): Promise<void> {
    await this.#assertOwn();
    const source = `${this.#client.place.bucket}/${this.#objectOf(from)}`;
    const headers = { ...given, 'x-amz-copy-source': encodedName(encodeText(source)) };
    await this.#client.ask({ method: 'PUT', object: this.#objectOf(to), headers });
  }

  /** Resolves when the bucket is there, and the remote's own. */
  async probe(): Promise<void> {
    await this.#assertOwn();
    await this.#assertBucket();
  }

  /** Gives up what uploads of ended processes left. */
  async clear(): Promise<void> {
    await this.#assertOwn();
    await this.#uploads.clear(this.#client);
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  #objectOf(name: string): string {
    return `${this.#client.place.prefix}${name}`;
  }

  /**
   * `initremote` writes into a bucket whose it is (spec/special-remotes.md section 5.1): in another one nothing that
   * is there or is not there says anything. Looked at once, at first.
   *
   * @throws Error in the bucket of another remote.
   */
  async #assertOwn(): Promise<void> {
    if (this.#isOwn) return;
    this.#owned ??= this.#lookForOwner().finally(() => {
      this.#owned = undefined;
    });
    await this.#owned;
  }

  async #lookForOwner(): Promise<void> {
    const object = `${this.#client.place.prefix}annex-uuid`;
    const response = await this.#client.send({ method: 'GET', object }, [200, 404]);
    const said = (await textOf(response, ownerBytesMax)).trim();
    if (response.statusCode === 200 && said !== this.#owner) {
      throw new Error(
        `the bucket belongs to another remote: its annex-uuid is ${said.slice(0, 80)}`,
      );
    }
    // Of a bucket that is not there yet anybody's may come to be.
    this.#isOwn = response.statusCode === 200 || !said.includes('<Code>NoSuchBucket</Code>');
  }

  /**
   * A bucket that is not there answers like an object that is not there.
   *
   * @throws Error then, or when it may not be looked at.
   */
  #assertBucket(): Promise<void> {
    this.#bucket ??= this.#lookAtBucket().finally(() => {
      this.#bucket = undefined;
    });
    return this.#bucket;
  }

  async #lookAtBucket(): Promise<void> {
    const response = await this.#client.send({ method: 'HEAD' }, [200, 404]);
    await response.body.dump();
    if (response.statusCode === 200) return;
    const { bucket } = this.#client.place;
    throw new Error(`there is no bucket ${bucket}; make it, or have the remote use another one`);
  }
}

/** What a copy is told anew: all else comes with the object. */
function isNotOfContent(header: string): boolean {
  return header === 'x-amz-storage-class' || header === 'x-amz-acl';
}
