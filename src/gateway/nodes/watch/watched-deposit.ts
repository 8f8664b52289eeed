import type { Deposit, StorageNode } from '../../../nodes/index.ts';
import type { NodeWatch } from './node-watch.ts';

/**
 * A deposit that fails as soon as its node is found to hang, so that an upload goes on without it.
 * What was begun on the node goes on for itself. The commit is left to whoever asks for it, since it
 * counts however late it comes.
 */
export function watchedDeposit(node: StorageNode, deposit: Deposit, watch: NodeWatch): Deposit {
  const inTrust = <T>(asked: Promise<T>): Promise<T> => watch.answer(node, 'change', asked);
  return {
    offsetBytes: deposit.offsetBytes,
    isResumable: deposit.isResumable,
    canReadWritten: deposit.canReadWritten,
    keptHash: deposit.keptHash,
    readBack: (range) => deposit.readBack(range),
    start: (atByte) => inTrust(deposit.start(atByte)),
    write: (piece) => inTrust(deposit.write(piece)),
    commit: () => deposit.commit(),
    abandon: (bytes) => inTrust(deposit.abandon(bytes)),
  };
}
