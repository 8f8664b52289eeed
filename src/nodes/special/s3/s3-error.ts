import { BallastError } from '../../../units/index.ts';

/** How an S3 server has refused. */
interface S3Refusal {
  readonly status: number;
  /** Such as `NoSuchKey`; `''` where the server gives none. */
  readonly reason: string;
}

/** Statuses of a server that has too much to do, or has lost its way for a moment. */
const busyStatuses: ReadonlySet<number> = new Set([429, 500, 503]);

/** An error that an S3 server answers with. Its text has no credentials. */
export class S3Error extends BallastError {
  override readonly name = 'S3Error';
  override readonly data: S3Refusal;

  constructor(what: string, refusal: S3Refusal, message: string) {
    const { status, reason } = refusal;
    const words = [reason, message].filter((word) => word !== '').join(': ');
    super(
      'BUCKET_REFUSED',
      `${what}: the server answers ${status}${words === '' ? '' : ` (${words})`}`,
      { isRetryable: busyStatuses.has(status) },
    );
    this.data = refusal;
  }
}
