import { AnnexHttp, isContentOf, says } from './annex-http.ts';
import { nodeNames, type Demo } from './demo.ts';
import type { Ledger } from './ledger.ts';

/** Questions at once. */
const askersCount = 6;

/**
 * Asks a server for what was acknowledged, and reads every content. What a client was left unsure
 * about is known afterwards.
 *
 * @returns what is not as it was told.
 */
export async function verify(
  at: { readonly demo: Demo; readonly port: number },
  ledger: Ledger,
  keys: readonly string[],
): Promise<string[]> {
  const complaints: string[] = [];
  const http = new AnnexHttp({ limitMs: 60_000 });
  const waiting = keys.values();
  const asker = async (): Promise<void> => {
    for (const key of waiting) complaints.push(...(await verifyKey(http, at, { ledger, key })));
  };
  await Promise.all(Array.from({ length: askersCount }, asker));
  http.close();
  return complaints;
}

async function verifyKey(
  http: AnnexHttp,
  { demo, port }: { readonly demo: Demo; readonly port: number },
  { ledger, key }: { readonly ledger: Ledger; readonly key: string },
): Promise<string[]> {
  const complaints: string[] = [];
  for (const name of nodeNames) {
    const place = { port, uuid: demo.nodes[name] };
    const told = ledger.told(key, name);
    const present = await http.checkPresent(place, key);
    if (present.status !== 200) {
      complaints.push(`${key} on ${name}: presence is answered with ${present.status}`);
      continue;
    }
    const isThere = says(present, 'present');
    if (told === 'unsure') ledger.note(key, [name], isThere ? 'there' : 'gone');
    else if (isThere !== (told === 'there')) {
      complaints.push(`${key} on ${name}: told ${told}, is ${isThere ? 'there' : 'gone'}`);
    }
    if (!isThere) continue;
    const got = await http.get(place, key);
    if (got.status !== 200 || !isContentOf(key, got.body)) {
      complaints.push(`${key} on ${name}: what comes is not its content (${got.status})`);
    }
  }
  return complaints;
}
