/** Tells somebody who looks after the gateway of a trouble that an answer cannot carry. */
export type Warn = (message: string, error: unknown) => void;
