/** What the client is to do to which server. */
export type Job = {
  readonly port: number;
  /** The repository that is asked. */
  readonly uuid: string;
  readonly clientUuid: string;
  readonly connections: number;
} & (
  | { readonly kind: 'checkpresent'; readonly keys: readonly string[]; readonly seconds: number }
  /** One whole content on each connection. */
  | {
      readonly kind: 'get';
      readonly path: string;
      readonly sizeBytes: number;
      readonly block: string;
    }
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly sizeBytes: number;
      readonly block: string;
    }
  /** So many contents of so many random bytes. */
  | { readonly kind: 'smallPuts'; readonly sizeBytes: number; readonly count: number }
  | { readonly kind: 'remove'; readonly keys: readonly string[] }
);

/** What the client saw. */
export interface Figures {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly clientCpuSeconds: number;
}

/** A {@link Job} without what depends on the server. */
export type Work = Job extends infer T ? (T extends Job ? Omit<T, 'port'> : never) : never;
