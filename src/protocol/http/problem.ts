/** A request that cannot be answered: a status, and the plain text that says why. */
export interface HttpProblem {
  readonly kind: 'problem';
  readonly status: number;
  readonly text: string;
}

/** What a status stands for in the description of the interface. */
interface StatusRow {
  readonly name: string;
  readonly description: string;
}

interface ProblemStatus extends StatusRow {
  readonly status: string;
  readonly hasText: boolean;
}

/** Statuses of answers with a text that says why. */
const textStatuses = {
  400: { name: 'BadRequest', description: 'A part of the request cannot be read.' },
  403: {
    name: 'Forbidden',
    description: 'Not allowed, as the text tells; what the credentials lack has none.',
  },
  429: { name: 'TooManyLogins', description: 'Too many logins from this address have failed.' },
  500: { name: 'Failed', description: 'It failed here; the text tells why, or that the log does.' },
  501: { name: 'Unverifiable', description: 'The hash of the key is not to be had here.' },
  502: { name: 'BadGateway', description: 'A repository behind this one cannot be asked.' },
  503: { name: 'Unavailable', description: 'Not now; it may be asked again.' },
  507: { name: 'Unwanted', description: 'No node of the cluster wants the content.' },
} as const;

/** Statuses of answers without a body. */
const bareStatuses = {
  401: { name: 'Unauthorized', description: 'Credentials are needed.' },
  404: {
    name: 'NotFound',
    description:
      'The repository is not served here, or not in this version, or the content is absent.',
  },
  405: {
    name: 'MethodNotAllowed',
    description: 'The route without a version is asked by GET and HEAD.',
  },
  406: { name: 'NotAcceptable', description: 'The client takes no content as it is.' },
} as const;

/** A status of an answer with a text that says why there is no success. */
export type TextStatus = keyof typeof textStatuses;
/** A status that alone says why there is no success: the answer has no body. */
export type BareStatus = keyof typeof bareStatuses;

/**
 * Every status in place of a success (spec/p2p-http.md section 2), and whether its answer may have a
 * text. What the gateway answers is typed by these.
 */
export const problemStatuses: readonly ProblemStatus[] = [
  ...rowsOf(textStatuses, true),
  ...rowsOf(bareStatuses, false),
];

function rowsOf(rows: Readonly<Record<number, StatusRow>>, hasText: boolean): ProblemStatus[] {
  return Object.entries(rows).map(([status, { name, description }]) => {
    return { status, name, description, hasText };
  });
}

function bare(status: BareStatus): HttpProblem {
  return { kind: 'problem', status, text: '' };
}

/** Of a request whose protocol version is no number. */
export const badVersion: HttpProblem = { kind: 'problem', status: 400, text: 'bad version' };
/** Of a request to nothing that is served. */
export const notFound: HttpProblem = bare(404);
/** Of a request by a method that its endpoint does not have. */
export const methodNotAllowed: HttpProblem = bare(405);
/** Of a request whose client takes no answer of the kind that there is. */
export const notAcceptable: HttpProblem = bare(406);
