import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  accessFor,
  accountsCount,
  anonymous,
  stranger,
  type AccessOptions,
} from '../../../src/gateway/access/access.ts';
import { Accounts } from '../../../src/gateway/index.ts';
import { ask, pathOf } from '../annex-requests.ts';
import { newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';

const environment = {
  GIT_ANNEX_P2PHTTP_PASSWORD_alice: 'alicepw',
  GIT_ANNEX_P2PHTTP_PASSWORD_bob: 'bobpw',
  GIT_ANNEX_P2PHTTP_PERMISSIONS_bob: 'readonly',
  GIT_ANNEX_P2PHTTP_PASSWORD_carol: 'ca:rol pw',
  GIT_ANNEX_P2PHTTP_PERMISSIONS_carol: 'appendonly',
  GIT_ANNEX_P2PHTTP_PASSWORD_dave: 'é',
  GIT_ANNEX_P2PHTTP_PERMISSIONS_dave: 'everything',
  GIT_ANNEX_P2PHTTP_PASSWORD_: '',
};

function find(credentials: string): string | undefined {
  const account = Accounts.takeFrom({ ...environment }).find(Buffer.from(credentials));
  return account && `${account.user}, ${account.rights}`;
}

describe('accounts of the environment', () => {
  it.for([
    ['alice:alicepw', 'alice, full'],
    ['bob:bobpw', 'bob, readonly'],
    ['carol:ca:rol pw', 'carol, appendonly'],
    ['dave:é', 'dave, full'],
    [':', ', full'],
    ['', ', full'],
  ] as const)('has %j', ([credentials, account]) => {
    expect(find(credentials)).toBe(account);
  });

  it.for([
    'alice:alicepw ',
    'alice:Alicepw',
    'Alice:alicepw',
    'alice:',
    'alice',
    'alice:bobpw',
    'nobody:alicepw',
    'alicealicepw',
    'dave:e\u0301',
    'constructor:',
  ])('has no %j', (credentials) => {
    expect(find(credentials)).toBeUndefined();
  });

  it('are kept from programs that are started later', () => {
    const env = { ...environment, HOME: '/home/me' };
    expect(Accounts.takeFrom(env).count).toBe(5);
    expect(env).toEqual({ HOME: '/home/me' });
  });

  it('are none for a user with a colon, who could not log in', () => {
    const env = { 'GIT_ANNEX_P2PHTTP_PASSWORD_a:b': 'c' };
    expect(Accounts.takeFrom(env).count).toBe(0);
  });
});

const permissions = ['read', 'write', 'remove', 'lock'] as const;

/** Statuses of reading, writing, removing and locking. */
function row(options: AccessOptions, peer: Parameters<typeof accessFor>[2]): string {
  const statuses = { granted: 200, unauthorized: 401, forbidden: 403 };
  return permissions.map((permission) => statuses[accessFor(permission, options, peer)]).join(' ');
}

describe('what is granted without an account', () => {
  const http = { authenvHttp: true };
  const readonly = { unauthReadonly: true };
  // spec/p2p-http.md section 3: options, nobody, credentials of nobody.
  it.for([
    [{}, '401 401 401 401', '401 401 401 401'],
    [readonly, '200 403 403 200', '200 403 403 200'],
    [http, '401 401 401 401', '401 401 401 401'],
    [{ ...http, ...readonly }, '200 401 401 200', '200 403 403 200'],
    [{ ...http, ...readonly, unauthNolocking: true }, '200 401 401 401', '200 403 403 403'],
    [{ ...http, unauthAppendonly: true }, '200 200 401 200', '200 200 403 200'],
    [{ ...http, wideopen: true }, '200 200 200 200', '200 200 200 200'],
    [{ authenv: true, ...readonly }, '200 401 401 200', '200 403 403 200'],
  ] as const)('%j', ([options, nobody, wrong]) => {
    expect(row(options, anonymous)).toBe(nobody);
    expect(row(options, stranger)).toBe(wrong);
  });
});

describe('where accounts count', () => {
  it.for([
    [{ authenv: true }, 'https'],
    [{ authenvHttp: true }, 'http'],
    [{ authenv: true, authenvHttp: true }, 'http, https'],
    [{}, ''],
  ] as const)('%j: %s', ([options, schemes]) => {
    const counts = [false, true].filter((isTls) => accountsCount(options, { isTls }));
    expect(counts.map((isTls) => (isTls ? 'https' : 'http')).join(', ')).toBe(schemes);
  });
});

describe('a served repository with accounts', () => {
  let directory: string;
  let demo: ServedDemo | undefined;
  beforeAll(async () => {
    directory = await newDemo();
  });
  afterEach(() => demo?.close());

  const statuses = async (access: AccessOptions, credentials?: string): Promise<number[]> => {
    demo = await serveDemo(directory, { access, accounts: Accounts.takeFrom({ ...environment }) });
    const served = demo;
    const headers =
      credentials === undefined
        ? {}
        : { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
    const post = async (endpoint: string): Promise<number> => {
      const path = pathOf(served, 'node1', endpoint, { key: 'X--y', lockid: 'x' });
      return (await ask(served, path, { method: 'POST', headers })).status;
    };
    const git = async (path: string): Promise<number> =>
      (await ask(served, `/demo/${path}`, { headers })).status;
    return [
      await post('checkpresent'),
      await post('putoffset'),
      await post('remove'),
      await post('keeplocked'),
      await git('config'),
      await git('info/refs?service=git-upload-pack'),
      await git('info/refs?service=git-receive-pack'),
    ];
  };

  it.for([
    ['alice:alicepw', [200, 200, 200, 200, 200, 200, 200]],
    ['bob:bobpw', [200, 403, 403, 403, 200, 200, 403]],
    ['carol:ca:rol pw', [200, 200, 403, 200, 200, 200, 200]],
    ['alice:bobpw', [401, 401, 401, 401, 401, 401, 401]],
    [undefined, [401, 401, 401, 401, 401, 401, 401]],
  ] as const)('gives %s over http what it may do, git included', async ([credentials, row]) => {
    expect(await statuses({ authenvHttp: true }, credentials)).toEqual(row);
  });

  it('gives an account its own rights where everybody has more', async () => {
    expect((await statuses({ authenvHttp: true, wideopen: true }, 'bob:bobpw'))[1]).toBe(403);
  });

  it('does not look at accounts over plain http that are for https', async () => {
    expect(await statuses({ authenv: true }, 'alice:alicepw')).toEqual(
      Array.from({ length: 7 }, () => 401),
    );
  });
});
