/** What git-annex's oddities have expressions see: sizes and trust levels of before. */
import * as v from 'valibot';
import { trustLevels } from '../../expression/index.ts';
import type { SavedPart } from './part.ts';
import { bytes, listOf, oneOf, orNull, read, truth } from './shapes.ts';

const levels = listOf(oneOf(trustLevels));

/** Of a saved state: sizes and trust levels of before, which git-annex's oddities have expressions see. */
export const judgementPart: SavedPart = {
  save: ({ network, evaluator }) => ({
    tables: network.repositories.map((_, here) => evaluator.table(here).save()),
    trustSeen: evaluator.trustSeen.save(),
  }),

  read: (whole, { repository, repositories }) => {
    const entry = v.object({ repository, bytes }, 'the size of a repository');
    const table = v.object({ isCurrent: truth, entries: listOf(entry) }, 'a table of sizes');
    const shape = v.object({
      tables: listOf(table, repositories),
      trustSeen: v.object(
        { written: listOf(orNull(levels), repositories), last: levels },
        'an object',
      ),
    });
    const { tables, trustSeen } = read(shape, whole);
    return ({ evaluator }) => {
      for (const [here, own] of tables.entries()) evaluator.table(here).restore(own);
      evaluator.trustSeen.restore(trustSeen);
    };
  },
};
