import { expect, it, vi } from 'vitest';
import { ServedNode } from '../../../src/gateway/stores/served-node.ts';
import { beginPut, newContent, postKey, put, until } from '../annex-requests.ts';
import { demoForTests } from '../served-demo.ts';

const demo = await demoForTests();

it.each([
  ['a failure after the whole body was read is told, as the client is still there', true],
  ['a failure as the client goes is not', false],
])('%s', async (_, isThere) => {
  demo.warnings.splice(0);
  let isDone = false;
  const putting = vi.spyOn(ServedNode.prototype, 'put').mockImplementation(async ({ body }) => {
    try {
      for await (const piece of body) void piece;
    } catch {
      // The client has gone.
    }
    isDone = true;
    throw new Error('out of order');
  });
  const { content, key } = newContent(1000);
  try {
    if (isThere) {
      await put(demo, 'node1', key, content);
    } else {
      const sent = beginPut(demo, 'node1', key, { length: 2000 });
      sent.on('error', () => undefined);
      sent.write(content);
      await until(() => putting.mock.calls.length > 0, 'the upload');
      sent.destroy();
    }
    await until(() => isDone, 'the end of the upload');
    // Answered after what there was to tell was told.
    await postKey(demo, 'node1', 'checkpresent', key);
  } finally {
    putting.mockRestore();
  }

  const told = demo.warnings.filter((warning) => warning.includes('out of order'));
  expect(told).toHaveLength(isThere ? 1 : 0);
});
