/** What git-annex's oddities have expressions see: sizes and trust levels of before. */
import { trustLevels } from '../../expression/index.ts';
import { bytes, fit, listOf, objectOf, oneOf, orNull, truth } from '../../shapes/index.ts';
import type { SavedPart } from './part.ts';

const levels = listOf(oneOf(trustLevels));

/** Of a saved state: sizes and trust levels of before, which git-annex's oddities have expressions see. */
export const judgementPart: SavedPart = {
  save: ({ network, evaluator }) => ({
    tables: network.repositories.map((_, here) => evaluator.table(here).save()),
    trustSeen: evaluator.trustSeen.save(),
  }),

  read: (whole, { repository, repositories }) => {
    const entry = objectOf({ repository, bytes }, 'the size of a repository');
    const table = objectOf({ isCurrent: truth, entries: listOf(entry) }, 'a table of sizes');
    const shape = objectOf({
      tables: listOf(table, repositories),
      trustSeen: objectOf(
        { written: listOf(orNull(levels), repositories), last: levels },
        'an object',
      ),
    });
    const { tables, trustSeen } = fit(shape, whole);
    return ({ evaluator }) => {
      for (const [here, own] of tables.entries()) evaluator.table(here).restore(own);
      evaluator.trustSeen.restore(trustSeen);
    };
  },
};
