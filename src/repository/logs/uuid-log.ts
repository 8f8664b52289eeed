import type { Uuid } from '../../units/index.ts';
import { parseUuidKeyedLog, setUuidKeyedLog, type LogSetting } from './uuid-keyed-log.ts';

/** uuid.log: the repositories that are known, clusters included, and what people call them. */
export function parseUuidLog(text: string): Map<Uuid, string> {
  const descriptions = new Map<Uuid, string>();
  for (const [uuid, { value }] of parseUuidKeyedLog(text)) descriptions.set(uuid, value);
  return descriptions;
}

/** uuid.log with a repository described. */
export function setDescription(text: string, setting: LogSetting<Uuid>): string {
  return setUuidKeyedLog(text, setting);
}
