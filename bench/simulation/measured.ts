/** What a simulation took, in processor time of the program itself. */
export interface Measured {
  readonly parseMs: number;
  readonly runMs: number;
  /** Transfers and drops. */
  readonly changes: number;
  readonly residentBytes: number;
  /** The last message. */
  readonly last: string;
}
