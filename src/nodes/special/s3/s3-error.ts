import { BallastError } from '../../../units/index.ts';

/** How an S3 server has refused. */
interface S3Refusal {
  readonly status: number;
  /** Such as `NoSuchKey`; `''` where the server gives none. */
  readonly reason: string;
}

/** Statuses of a server that has too much to do, or has lost its way for a moment. */
const busyStatuses: ReadonlySet<number> = new Set([429, 500, 503]);

/** Reasons of the same, which may come with any status: behind a 200, of what took long. */
const busyReasons: ReadonlySet<string> = new Set([
  'InternalError',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
]);

/** Reasons of a body that was damaged on its way: it is sent again. */
const damageReasons: ReadonlySet<string> = new Set(['BadDigest', 'XAmzContentSHA256Mismatch']);

const otherLogin = 'see that the server has the right AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** What can be done about refusals that stay. */
const waysOut: Readonly<Record<string, string>> = {
  AccessDenied: 'see that its credentials allow to read, write, list and delete in the bucket',
  InvalidAccessKeyId: otherLogin,
  InvalidObjectState: 'it is archived: restore it first',
  NoSuchBucket: 'make the bucket, or have the remote use another one',
  RequestTimeTooSkewed: "set this machine's clock, which is not the server's",
  SignatureDoesNotMatch: otherLogin,
};

/** The answer to HEAD has no reason. */
const noReason = `${otherLogin}, and that they allow it`;

/** An error that an S3 server answers with. Its text has no credentials. */
export class S3Error extends BallastError {
  override readonly name = 'S3Error';
  override readonly data: S3Refusal;

  constructor(what: string, refusal: S3Refusal, message: string) {
    const { status, reason } = refusal;
    const words = [reason, message].filter((word) => word !== '').join(': ');
    const wayOut = waysOut[reason] ?? (status === 403 && reason === '' ? noReason : '');
    super(
      'BUCKET_REFUSED',
      `${what}: the server answers ${status}${words === '' ? '' : ` (${words})`}` +
        (wayOut === '' ? '' : `; ${wayOut}`),
      {
        isRetryable:
          busyStatuses.has(status) || busyReasons.has(reason) || damageReasons.has(reason),
      },
    );
    this.data = refusal;
  }
}
