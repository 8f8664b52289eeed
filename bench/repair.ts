/**
 * What it takes to find out that contents are whole, and to make good what is not.
 *
 *     node bench/repair.ts [--only scrub] [--place DIR] [--megabytes 512] [--seconds 20]
 *
 * A checkout is built (dist/ballast.js). Prints markdown.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureScrub } from './repair/scrub.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    place: { type: 'string', default: tmpdir() },
    megabytes: { type: 'string', default: '512' },
    seconds: { type: 'string', default: '20' },
  },
});

/** The parts, by name: each prints its own lines. */
const parts = { scrub: measureScrub };

const place = mkdtempSync(join(values.place, 'ballast-repair-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}
for (const [name, measure] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.log(`## ${name} (load ${loadavg()[0]?.toFixed(1)})\n`);
  await measure({
    place: join(place, name),
    megabytes: Number(values.megabytes),
    seconds: Number(values.seconds),
  });
}
