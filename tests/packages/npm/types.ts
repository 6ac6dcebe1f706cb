// Compiled only: the types of the helper as a user meets them.
import { imdsFixture, startImds, useEmulator, withImds } from 'imds-emulator/testing';
import { test } from 'node:test';
import { test as base } from 'vitest';

useEmulator({ arguments: ['--profile', 'azure-2017'] });

test('node:test', async (t) => {
  const imds = await startImds({ profile: 'azure-2017', faults: [{ effect: { status: 429 }, next: 2 }] }, t);
  const status: number | null | undefined = (await imds.journal()).at(0)?.outcome.status;
  const broken: Record<string, number> = (await imds.verify()).broken;
  console.log(status, broken, imds.identity().length);
  // @ts-expect-error: no such profile
  await startImds({ profile: 'azure-2016' }, t);
});

base('vitest', async (context) => void (await startImds({}, context)));
base.extend<{ imds: import('imds-emulator/testing').Imds }>({ imds: imdsFixture() });
const length: number = await withImds({}, (imds) => imds.endpoint.length);
console.log(length);
