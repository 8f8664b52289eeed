/** A request that cannot be answered: a status, and the plain text that says why. */
export interface HttpProblem {
  readonly status: number;
  readonly text: string;
}

export const badVersion: HttpProblem = { status: 400, text: 'bad version' };
export const notFound: HttpProblem = { status: 404, text: '' };
export const methodNotAllowed: HttpProblem = { status: 405, text: '' };
export const notAcceptable: HttpProblem = { status: 406, text: '' };
