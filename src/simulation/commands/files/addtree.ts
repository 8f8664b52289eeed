import type { UsedFile } from '../../acts/requests.ts';
import { unknownRepository } from '../../acts/troubles.ts';
import { repository, textField } from '../../language/fields.ts';
import { addTo } from '../../state/adding.ts';
import { badExpressionIn } from '../../state/expressions.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `addtree` say. */
export interface AddTree {
  readonly repository: string;
  readonly expression: string;
}

/** `addtree REPO EXPRESSION`: the files of the annex around that match, with their own keys. */
export const addtree: CommandRow<AddTree> = {
  isAdding: true,
  changes: 'everything',
  fields: { repository, expression: textField('EXPRESSION', 0) },
  *does({ repository: name, expression }, state) {
    const repository = state.network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, state.network));
    const { uuid } = state.network.repository(repository);
    const bad = badExpressionIn(expression, state.dialect);
    if (bad !== undefined) return troubled(bad);
    let files: Iterable<UsedFile> = [];
    yield { kind: 'addtree', uuid, expression, reply: (answer) => (files = answer) };
    for (const { file, key: text } of files) {
      const key = state.contents.useKey(text);
      // What is no key cannot come from an annex.
      if (key === undefined) continue;
      const trouble = addTo(name, file, key, state);
      if (trouble !== undefined) return troubled(trouble);
    }
    return done;
  },
};
