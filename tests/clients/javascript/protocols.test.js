// Both JavaScript libraries get tokens in the protocols of App Service and of Azure Machine Learning. They
// share no cache.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { ManagedIdentityCredential } = require('@azure/identity');
const { ManagedIdentityApplication } = require('@azure/msal-node');
const { arrivals, claims } = require('./emulator');

const JOBS = '5a1f0c9e-0000-4000-8000-000000000001';

async function identity(resource, clientId) {
  const credential = new ManagedIdentityCredential(clientId ? { clientId } : {});
  return (await credential.getToken(`${resource}/.default`)).token;
}

async function msal(resource, userAssignedClientId) {
  const application = new ManagedIdentityApplication({
    managedIdentityIdParams: userAssignedClientId ? { userAssignedClientId } : undefined,
  });
  return (await application.acquireToken({ resource })).accessToken;
}

for (const ask of [identity, msal]) {
  test(`${ask.name} gets a token of either identity and holds it`, async () => {
    const resource = `https://${ask.name}.invalid`;
    const own = await ask(resource);
    assert.equal(claims(own).aud, resource);
    assert.notEqual(claims(own).appid, JOBS);
    assert.equal(claims(await ask(resource, JOBS)).appid, JOBS);
    assert.equal(await ask(resource), own);
    assert.equal((await arrivals(resource)).length, 2);
  });
}
