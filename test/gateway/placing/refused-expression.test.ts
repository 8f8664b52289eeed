import { expect, it } from 'vitest';
import { serializeKey } from '../../../src/key/index.ts';
import { Repository, setPreferredContent, stampOf } from '../../../src/repository/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { ask, newContent, pathOf, put } from '../annex-requests.ts';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';

it('an upload is an error with the reason while a node has an expression that is refused', async () => {
  const demo = await serveDemo(await newDemo());
  const deep = `${'('.repeat(501)}anything`;
  await setFirst(demo, deep);
  const { content, key } = newContent();
  try {
    const path = pathOf(demo, 'cluster', 'put', { key: serializeKey(key) });
    const headers = { 'X-git-annex-data-length': `${content.length}` };

    const answer = await ask(demo, path, { method: 'POST', headers, body: content });

    expect(answer.status).toBe(500);
    expect(answer.body.toString()).toContain(`wanted of ${demo.uuids.node1}: BX102`);
    await setFirst(demo, 'anything');
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
  } finally {
    await demo.close();
  }
});

/** Sets what the first node wants, as another program would. */
async function setFirst({ directory, uuids }: ServedDemo, value: string): Promise<void> {
  const repository = await Repository.open(repositoryOf(directory, 'gateway'));
  const subject = uuidOf(uuids.node1);
  const now = stampOf(Date.now());
  await repository.branch.change([
    {
      path: 'preferred-content.log',
      edit: (text) => setPreferredContent(text, { subject, value, now }),
    },
  ]);
  await repository.close();
}
