/** Something the user can mend: one sentence that says what is wrong, and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
