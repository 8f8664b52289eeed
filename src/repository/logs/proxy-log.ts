import { isUuid, type Uuid } from '../../units/index.ts';
import { parseMapStampedLog, setMapStampedLog } from './lines/map-stamped-log.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/** A repository or cluster that a gateway gives access to, under this remote name. */
export interface ProxiedRemote {
  readonly uuid: Uuid;
  readonly name: string;
}

/** proxy.log: what each gateway gives access to, by the gateway's UUID. */
export function parseProxyLog(text: string): Map<Uuid, readonly ProxiedRemote[]> {
  const proxies = new Map<Uuid, readonly ProxiedRemote[]>();
  for (const [gateway, { value }] of parseMapStampedLog(text, isUuid)) {
    const remotes: ProxiedRemote[] = [];
    for (const word of value.split(' ')) {
      const colon = word.indexOf(':');
      const uuid = word.slice(0, Math.max(colon, 0));
      if (isUuid(uuid)) remotes.push({ uuid, name: word.slice(colon + 1) });
    }
    proxies.set(gateway, remotes);
  }
  return proxies;
}

/** proxy.log with a gateway giving access to exactly these, sorted as git-annex writes them. */
export function setProxy(
  text: string,
  setting: {
    readonly gateway: Uuid;
    readonly remotes: readonly ProxiedRemote[];
    readonly now: TimeStamp;
  },
): string {
  const words = setting.remotes.map(({ uuid, name }) => `${uuid}:${name.replaceAll(/\s/g, '_')}`);
  const value = [...new Set(words)].sort().join(' ');
  return setMapStampedLog(text, { subject: setting.gateway, value, now: setting.now }, isUuid);
}
