import { serializeKey, type Key } from '../../../../src/key/index.ts';
import type { ExportPlaces } from '../../../../src/nodes/special/export/export-store.ts';

/** An exported tree that is what a test says. */
export class SaidPlaces implements ExportPlaces {
  readonly paths = new Map<string, readonly string[]>();

  of(key: Key): Promise<readonly string[]> {
    return Promise.resolve(this.paths.get(serializeKey(key)) ?? []);
  }
}
