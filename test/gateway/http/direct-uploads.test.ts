import { afterEach, describe, expect, it } from 'vitest';
import type { AccessOptions } from '../../../src/gateway/index.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { ask, newContent, put, type Answer } from '../annex-requests.ts';
import { newDemo, serveDemo, type DemoName, type ServedDemo } from '../served-demo.ts';

let demo: ServedDemo;
const directory = newDemo();

async function serve(access: AccessOptions): Promise<void> {
  demo = await serveDemo(await directory, { access });
}

afterEach(async () => {
  await demo.close();
});

const { key: newKey } = newContent();
const name = encodeURIComponent(serializeKey(newKey));

function asked(
  what: string,
  how: { server?: DemoName | 'nobody'; method?: string } = {},
): Promise<Answer> {
  const { server = 'cluster', method = 'POST' } = how;
  const uuid = server === 'nobody' ? '00000000-0000-4000-8000-000000000000' : demo.uuids[server];
  return ask(demo, `/ballast/${uuid}/${what}`, { method });
}

describe('an upload that goes past the gateway', () => {
  it.for([
    [{ unauthReadonly: true }, 403],
    [{}, 401],
    [{ unauthAppendonly: true }, 422],
    [{ wideopen: true }, 422],
  ] as const)('is granted like a put to %o: %d', async ([access, status]) => {
    await serve(access);
    expect((await asked(`upload-url?key=${name}`)).status).toBe(status);
    expect((await asked(`upload-check?key=${name}`)).status).toBe(status);
  });

  it('is refused by a reason, and a sentence about the way out', async () => {
    await serve({ wideopen: true });
    for (const server of ['cluster', 'node1', 'gateway'] as const) {
      const answer = await asked(`upload-url?key=${name}`, { server });
      expect(JSON.parse(answer.body.toString())).toMatchObject({
        kind: 'refused',
        reason: 'notS3',
        message: expect.stringContaining('put it here'),
      });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('is not needed where the content is', async () => {
    await serve({ wideopen: true });
    const { content, key } = newContent();
    await put(demo, 'cluster', key, content);
    const query = `key=${encodeURIComponent(serializeKey(key))}`;
    const offer = await asked(`upload-url?${query}`);
    expect([offer.status, offer.body.toString()]).toEqual([200, '{"kind":"present"}']);
    const checked = JSON.parse((await asked(`upload-check?${query}`)).body.toString());
    expect(checked).toMatchObject({ kind: 'stored' });
    expect(checked.nodes.length).toBeGreaterThan(0);
  });

  it('is asked for by POST, of a key, at what is served', async () => {
    await serve({ wideopen: true });
    const get = await asked(`upload-url?key=${name}`, { method: 'GET' });
    expect([get.status, get.headers['allow']]).toEqual([405, 'POST']);
    expect((await asked('upload-url')).status).toBe(400);
    expect((await asked('upload-url?key=nokey')).status).toBe(400);
    expect((await asked(`upload-url?key=${name}`, { server: 'nobody' })).status).toBe(404);
    expect((await asked(`upload?key=${name}`)).status).toBe(404);
    expect((await asked(`upload-url/more?key=${name}`)).status).toBe(404);
  });
});
