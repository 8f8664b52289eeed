/** A request that cannot be answered: a status, and the plain text that says why. */
export interface HttpProblem {
  readonly kind: 'problem';
  readonly status: number;
  readonly text: string;
}

export const badVersion: HttpProblem = { kind: 'problem', status: 400, text: 'bad version' };
export const notFound: HttpProblem = { kind: 'problem', status: 404, text: '' };
export const methodNotAllowed: HttpProblem = { kind: 'problem', status: 405, text: '' };
export const notAcceptable: HttpProblem = { kind: 'problem', status: 406, text: '' };
