/** What came in place of a value that cannot be read, and why: data, not an exception. */
export class Unreadable {
  /** The reference server's words where it has any (spec/p2p-http.md section 2). */
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** A value, or why there is none. */
export type Readable<Value> = Value | Unreadable;
