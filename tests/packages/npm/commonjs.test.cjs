// A project of CommonJS, which loads another copy of MSAL than one of ES modules does.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { ManagedIdentityCredential } = require('@azure/identity');

test('each VM gets its request in CommonJS, too', async () => {
  const { withImds } = await import('imds-emulator/testing');
  for (const number of [1, 2]) {
    await withImds({}, async (imds) => {
      await new ManagedIdentityCredential().getToken('https://vault.azure.net/.default');
      assert.equal((await imds.tally()).identity.admitted, 1, `VM ${number}`);
    });
  }
});
