import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnnexBranch, branchRef, RepositorySizes } from '../../src/repository/index.ts';
import { imaginaryUuid, presence } from '../../test/support/branch.ts';
import { git } from '../../test/support/git-annex.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { isLong } from '../../test/support/long.ts';

/** Repositories and keys are few, so that histories meet; one key has no size, one is a chunk. */
const uuids = [1, 2, 3].map((number) => imaginaryUuid(number));
const keys = ['A-s1--a', 'A-s10--b', 'A-s100--new\nline', 'A--nosize', 'A-s7-S3-C1--chunk'];

type Step =
  | {
      readonly kind: 'change';
      readonly key: string;
      readonly uuid: number;
      readonly isPresent: boolean;
    }
  | { readonly kind: 'flush' | 'refresh' | 'rewind' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      key: fc.constantFrom(...keys),
      uuid: fc.nat(uuids.length - 1),
      isPresent: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'refresh' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewind' as const) }) },
);

let directory = '';
let branch: AnnexBranch;

beforeAll(async () => {
  directory = temporaryDirectory();
  git(directory, 'init', '-q');
  branch = await AnnexBranch.open(directory);
});

afterAll(async () => {
  await branch.close();
});

async function play(step: Step): Promise<void> {
  if (step.kind === 'change') {
    const uuid = uuids[step.uuid] ?? imaginaryUuid(9);
    await branch.change([presence(step.key, uuid, step.isPresent)]);
  } else if (step.kind === 'rewind') {
    // A push with force may take the branch anywhere, also back.
    await branch.flush();
    const parent = git(directory, 'log', '-2', '--format=%H', branchRef).trim().split('\n').at(-1);
    git(directory, 'update-ref', branchRef, parent ?? '');
  } else if (step.kind === 'flush') await branch.flush();
}

test('sizes kept up along any history are those of a fresh count', async () => {
  await branch.change([presence('A-s1--first', imaginaryUuid(1))]);
  await branch.flush();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (history) => {
      const kept = await RepositorySizes.open(branch);
      for (const step of history) {
        await play(step);
        if (step.kind === 'refresh') await kept.refresh();
      }
      await kept.refresh();

      const fresh = await RepositorySizes.open(branch);
      for (const uuid of uuids) {
        expect(kept.sizeBytes(uuid, false)).toBe(fresh.sizeBytes(uuid, false));
      }
    }),
    { seed: 20_250_416, numRuns: isLong ? 30 : 15 },
  );
});
