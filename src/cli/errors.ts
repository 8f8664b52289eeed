/** Something the user can mend: one sentence that says what is wrong, and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The command did its work and what it found is not good: everything is said already. */
export class FoundWanting extends Error {
  override readonly name = 'FoundWanting';
  /** The exit status. */
  readonly status: number;

  constructor(status = 1) {
    super();
    this.status = status;
  }
}
