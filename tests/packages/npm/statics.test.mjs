// The statics of MSAL for Node.js: what the helper has to forget, and that it does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManagedIdentityCredential } from '@azure/identity';
import { startImds, withImds } from 'imds-emulator/testing';

const SCOPE = 'https://vault.azure.net/.default';
const ask = (options) => new ManagedIdentityCredential(options).getToken(SCOPE);
const admitted = async (imds) => (await imds.tally()).identity.admitted;

test('left alone, the SDK asks the first address for ever', async (t) => {
  const first = await startImds({}, t);
  await ask();
  const before = process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = 'http://127.0.0.1:1';
  await ask({ clientId: first.identity() });
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = before;
  assert.equal(await admitted(first), 2);
});

test('each VM of a process gets the requests of its test', async () => {
  for (const number of [1, 2, 3]) {
    await withImds({}, async (imds) => {
      await ask();
      await ask();
      assert.equal(await admitted(imds), 1, `VM ${number}`);
    });
  }
});

test('a reset forgets the tokens', async (t) => {
  const imds = await startImds({}, t);
  await ask();
  await imds.reset();
  await ask();
  assert.equal(await admitted(imds), 1);
});

test('tests at the same time share a VM and have an identity each', async (t) => {
  const imds = await startImds({ profile: 'unlimited' }, t);
  await Promise.all(Array.from({ length: 20 }, () => ask({ clientId: imds.identity() })));
  assert.equal(await admitted(imds), 20);
});

test('faults, limits, verification and journal', async (t) => {
  const imds = await startImds({}, t);
  await imds.fault({ effect: { status: 404 }, next: 1 });
  await ask();
  await imds.clearFaults();
  await imds.limits({ identity: { rate: { requests: 3 } } });
  const journal = await imds.journal();
  assert.deepEqual(journal.map((entry) => entry.outcome.status), [404, 200]);
  assert.equal((await imds.verify()).requests, 2);
  await assert.rejects(imds.fault({ effect: { status: 99 } }), /400 .*status/);
});

test('the variables come back', async () => {
  process.env.IDENTITY_ENDPOINT = 'http://elsewhere.invalid';
  await withImds({}, async (imds) => {
    assert.equal(process.env.IDENTITY_ENDPOINT, undefined);
    assert.equal(process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST, imds.endpoint);
  });
  assert.equal(process.env.IDENTITY_ENDPOINT, 'http://elsewhere.invalid');
  delete process.env.IDENTITY_ENDPOINT;
});
