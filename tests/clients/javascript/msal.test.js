// @azure/msal-node gets tokens from the emulator as programs ask it without @azure/identity.
//
// Its cache belongs to the process, so each test asks for a resource of its own.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { ManagedIdentityApplication } = require('@azure/msal-node');
const { answerNext, arrivals, claims } = require('./emulator');
const { DAY, JOBS, MINUTE, UNKNOWN } = require('./vm');

function ask(resource, identity) {
  const managedIdentityIdParams = identity;
  return new ManagedIdentityApplication({ managedIdentityIdParams }).acquireToken({ resource });
}

test('gets a token for a day', async () => {
  const resource = 'https://management.azure.com';
  const token = await ask(resource);
  const said = claims(token.accessToken);
  assert.equal(said.aud, resource);
  assert.notEqual(said.appid, JOBS.clientId);
  const life = (token.expiresOn - Date.now()) / 1000;
  assert.ok(Math.abs(life - DAY) < MINUTE, `for ${life} s`);
});

test('does not ask again for a token the process holds', async () => {
  const resource = 'https://storage.azure.com';
  const first = await ask(resource);
  const second = await ask(resource);
  assert.equal(second.accessToken, first.accessToken);
  assert.equal(second.fromCache, true);
  assert.equal((await arrivals(resource)).length, 1);
});

for (const [name, id] of [
  ['userAssignedClientId', JOBS.clientId],
  ['userAssignedObjectId', JOBS.objectId],
  ['userAssignedResourceId', JOBS.resourceId],
]) {
  test(`knows an identity by its ${name}`, async () => {
    const resource = `https://${name.toLowerCase()}.invalid`;
    const said = claims((await ask(resource, { [name]: id })).accessToken);
    assert.equal(said.appid, JOBS.clientId);
    assert.equal(said.oid, JOBS.objectId);
    assert.equal((await arrivals(resource)).length, 1);
  });
}

test('says that an identity is unknown', async () => {
  const resource = 'https://unknown.invalid';
  await assert.rejects(ask(resource, { userAssignedClientId: UNKNOWN }), /Identity not found/);
  assert.equal((await arrivals(resource)).length, 1);
});

// As imds-client's preset msal-node has it.
test('comes back later each time it is refused', async (context) => {
  const resource = 'https://refused.invalid';
  await answerNext(resource, 3, 429);
  assert.equal(claims((await ask(resource)).accessToken).aud, resource);

  const at = await arrivals(resource);
  const waits = at.slice(1).map((arrival, before) => arrival - at[before]);
  context.diagnostic(`waited ${waits.map((wait) => wait.toFixed(2))} s`);
  assert.equal(waits.length, 3);
  assert.ok(waits[0] >= 1 && waits[1] >= 2 && waits[2] >= 4, `${waits}`);
});
