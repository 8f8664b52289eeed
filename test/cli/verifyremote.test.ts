import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Approvals } from '../../src/nodes/index.ts';
import { createRepository, thisMachine } from '../../src/repository/index.ts';
import { parseUuid } from '../../src/units/index.ts';
import { imaginaryUuid } from '../support/branch.ts';
import { temporaryDirectory } from '../support/objects.ts';
import { ballast } from '../support/program.ts';

const uuid = '11111111-2222-4333-8444-555555555555';

let directory: string;
let approvals: Approvals;

beforeEach(async () => {
  directory = join(temporaryDirectory(), 'gateway.git');
  await createRepository(directory, {
    uuid: imaginaryUuid(1),
    branch: [{ path: 'remote.log', text: line('bucket=right cipher=c2VjcmV0', 1) }],
  });
  await set('annex-uuid', uuid);
  await set('annex-s3', 'true');
  const disk = thisMachine.disks.at(directory);
  approvals = new Approvals({ gitDirectory: directory, disk, system: thisMachine });
});

describe('ballast verifyremote', () => {
  it('shows the settings, none of their secrets, and approves what it showed', async () => {
    const shown = await ballast(['verifyremote', 'cloud', '--repo', directory]);
    expect(shown.stdout).toContain('bucket=right');
    expect(shown.stdout).toContain('cipher=(secret)');
    expect(shown.stdout).toContain('ballast verifyremote cloud --safe 1');
    expect((await approvals.read()).size).toBe(0);

    const approved = await ballast(['verifyremote', 'cloud', '--repo', directory, '--safe', '1']);
    expect(approved.status).toBe(0);
    const known = parseUuid(uuid);
    expect(known && (await approvals.read()).get(known)).toContain('bucket=right');
    const again = await ballast(['verifyremote', 'cloud', '--repo', directory]);
    expect(again.stdout).toContain('These settings are approved.');
  });

  it('marks what differs from what is approved', async () => {
    const known = parseUuid(uuid);
    if (known === undefined) throw new Error('no UUID');
    await approvals.approve(
      new Map([[known, 'bucket=wrong cipher=b3RoZXI= host=h name=cloud type=S3']]),
    );
    const { stdout } = await ballast(['verifyremote', 'cloud', '--repo', directory]);
    expect(stdout).toContain('~ bucket=right  (approved: bucket=wrong)');
    expect(stdout).toContain('~ cipher=(secret)  (approved: cipher=(secret))');
    expect(stdout).toContain('- host=h');
    expect(stdout).toContain('  name=cloud');
    expect(stdout).not.toContain('c2VjcmV0');
  });

  it('says what it does not find', async () => {
    const of = async (...words: readonly string[]): Promise<string> =>
      (await ballast(['verifyremote', ...words, '--repo', directory])).stderr;
    expect(await of('nobody')).toContain('there is no remote nobody');
    expect(await of('cloud', '--safe', '7')).toContain('no settings were shown under the ID 7');
    await thisMachine.configurations.set(directory, {
      name: 'remote.plain.annex-uuid',
      value: uuid,
    });
    expect(await of('plain')).toContain('is a repository and no special remote');
  });
});

function line(settings: string, seconds: number): string {
  return `${uuid} ${settings} name=cloud type=S3 timestamp=${seconds}s\n`;
}

async function set(name: string, value: string): Promise<void> {
  await thisMachine.configurations.set(directory, { name: `remote.cloud.${name}`, value });
}
