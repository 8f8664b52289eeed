import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Target } from '../../protocol/index.ts';
import type { Observation } from './web/observation.ts';

/** One exchange over HTTP. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  /** What is noted of it, when somebody watches. */
  readonly seen: Observation | undefined;
}
