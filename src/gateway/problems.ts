import { UnverifiableKeyError } from '../key/index.ts';
import type { HttpProblem } from '../protocol/index.ts';
import { NodeUnavailableError } from '../nodes/index.ts';
import { RefusedExpressionError } from '../placement/index.ts';
import { RefusedSettingError } from '../repository/index.ts';
import { TurnTimeoutError } from '../waiting/index.ts';
import { UnwantedError } from './placing/placing.ts';
import { ShelfFullError } from './repositories/gateway-shelf.ts';
import { PlacementBusyError } from './placing/placement-claim.ts';
import { NotConfiguredError } from './topology/topology.ts';

/** The one table from what can go wrong behind a request to what the peer is told. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof NodeUnavailableError) return { status: 502, text: error.message };
  if (error instanceof UnverifiableKeyError) return { status: 501, text: error.message };
  if (error instanceof UnwantedError) return { status: 507, text: error.message };
  if (error instanceof ShelfFullError) return { status: 503, text: error.message };
  if (error instanceof PlacementBusyError) return { status: 503, text: error.message };
  if (error instanceof TurnTimeoutError) return { status: 503, text: error.message };
  if (error instanceof RefusedSettingError) return { status: 503, text: error.message };
  if (error instanceof RefusedExpressionError) return { status: 500, text: error.message };
  if (error instanceof NotConfiguredError) return { status: 502, text: error.message };
  return { status: 500, text: 'the gateway could not do this; its log tells why' };
}
