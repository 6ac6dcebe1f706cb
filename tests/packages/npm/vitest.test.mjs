// Under vitest: the fixture, and the context of a test.
import { ManagedIdentityCredential } from '@azure/identity';
import { imdsFixture, startImds } from 'imds-emulator/testing';
import { expect, test as base } from 'vitest';

const test = base.extend({ imds: imdsFixture({ latency: { token_cold: '10ms' } }) });
const ask = () => new ManagedIdentityCredential().getToken('https://vault.azure.net/.default');

for (const number of [1, 2]) {
  test(`a fixture of its own, ${number}`, async ({ imds }) => {
    await ask();
    expect((await imds.tally()).identity.admitted).toBe(1);
  });
}

base('a VM that ends with the test', async (context) => {
  const imds = await startImds({}, context);
  await ask();
  expect((await imds.journal()).length).toBe(1);
});
