import { expect, it, vi } from 'vitest';
import { NodeUnavailableError } from '../../../src/nodes/index.ts';
import { ServedNode } from '../../../src/gateway/stores/served-node.ts';
import { parseUuid } from '../../../src/units/index.ts';
import { beginPut, get, newContent, postKey, put, until } from '../annex-requests.ts';
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

it.each([
  [
    'before anything of it came, is told to the client, too',
    0,
    '502 node node1 is not available: its disk is out of order',
  ],
  ['in its midst breaks the connection', 300_000, 'aborted'],
])('a download that fails %s', async (_, givenBytes, got) => {
  demo.warnings.splice(0);
  const { content, key } = newContent(givenBytes + 1000);
  const node = parseUuid(demo.uuids.node1);
  if (node === undefined) throw new Error('the node has no UUID');
  const stream = {
    lengthBytes: content.length,
    async *[Symbol.asyncIterator]() {
      await Promise.resolve();
      if (givenBytes > 0) yield content.subarray(0, givenBytes);
      throw new NodeUnavailableError('node1', 'its disk is out of order');
    },
    close: () => Promise.resolve(),
  };
  const getting = vi
    .spyOn(ServedNode.prototype, 'get')
    .mockResolvedValue({ sizeBytes: content.length, node, stream });
  try {
    const outcome = get(demo, 'node1', key).then(
      ({ status, body }) => `${status} ${body.toString()}`,
      String,
    );
    expect(await outcome).toContain(got);
  } finally {
    getting.mockRestore();
  }
  expect(demo.warnings.filter((warning) => warning.includes('out of order'))).toHaveLength(1);
});
