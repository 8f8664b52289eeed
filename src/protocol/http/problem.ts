/** A request that cannot be answered: a status, and the plain text that says why. */
export interface HttpProblem {
  readonly kind: 'problem';
  readonly status: number;
  readonly text: string;
}

/** Of a request whose protocol version is no number. */
export const badVersion: HttpProblem = { kind: 'problem', status: 400, text: 'bad version' };
/** Of a request to nothing that is served. */
export const notFound: HttpProblem = { kind: 'problem', status: 404, text: '' };
/** Of a request by a method that its endpoint does not have. */
export const methodNotAllowed: HttpProblem = { kind: 'problem', status: 405, text: '' };
/** Of a request whose client takes no answer of the kind that there is. */
export const notAcceptable: HttpProblem = { kind: 'problem', status: 406, text: '' };
