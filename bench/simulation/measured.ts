/** What a simulation took, in processor time of the program itself. */
export interface Measured {
  readonly parseMs: number;
  readonly runMs: number;
  /** Transfers and drops. */
  readonly changes: number;
  readonly residentBytes: number;
  /** What of it came with the simulation: its text, log and all views. */
  readonly grownBytes: number;
  /** Keys times repositories. */
  readonly cells: number;
  /** The last message. */
  readonly last: string;
}
