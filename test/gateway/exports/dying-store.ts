import type { ExportStore } from '../../../src/nodes/index.ts';

/** A store that dies after some changes: each call from then on fails, and that one is done or not. */
export function dying(store: ExportStore, changesLeft: number, isLastDone: boolean): ExportStore {
  let left = changesLeft;
  const change = async (act: () => Promise<void>): Promise<void> => {
    left -= 1;
    if (left < 0) throw new Error('gone');
    if (left > 0 || isLastDone) await act();
    if (left === 0) throw new Error('gone');
  };
  const asked = <T>(act: () => Promise<T>): Promise<T> =>
    left <= 0 ? Promise.reject(new Error('gone')) : act();
  return {
    look: (...of) => asked(() => store.look(...of)),
    get: (path, key, fromByte) => asked(() => store.get(path, key, fromByte)),
    put: async (file) => {
      const deposit = await asked(() => store.put(file));
      return {
        write: (bytes) => deposit.write(bytes),
        commit: (path) => change(() => deposit.commit(path)),
        abandon: () => deposit.abandon(),
      };
    },
    remove: (...of) => change(() => store.remove(...of)),
    rename: (...of) => change(() => store.rename(...of)),
    probe: (kind) => store.probe(kind),
    close: () => store.close(),
  };
}
