// @azure/identity gets tokens from the emulator, and asks once for one that it holds.
//
// Its cache belongs to the process and not to the credential, so each test asks for a resource of its
// own.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { ManagedIdentityCredential } = require('@azure/identity');
const { claims, requests } = require('./emulator');
const { DAY, JOBS, MINUTE, UNKNOWN } = require('./vm');

test('gets a token for a day', async () => {
  const resource = 'https://management.azure.com';
  const token = await new ManagedIdentityCredential().getToken(`${resource}/.default`);
  const said = claims(token.token);
  assert.equal(said.aud, resource);
  assert.match(said.tid, /^[0-9a-f-]{36}$/);
  const expiresOn = token.expiresOnTimestamp / 1000;
  assert.ok(Math.abs(expiresOn - (Date.now() / 1000 + DAY)) < MINUTE, `expires at ${expiresOn}`);
  assert.ok(Math.abs(said.exp - expiresOn) <= 2, `says ${said.exp}, expires at ${expiresOn}`);
});

test('does not ask again for a token it holds', async () => {
  const credential = new ManagedIdentityCredential();
  const before = await requests();
  const first = await credential.getToken('https://storage.azure.com/.default');
  assert.equal((await requests()) - before, 1);
  const second = await credential.getToken('https://storage.azure.com/.default');
  assert.equal((await requests()) - before, 1);
  assert.equal(second.token, first.token);
});

test('does not ask again in another credential of the process', async () => {
  const scope = 'https://vault.azure.net/.default';
  const first = await new ManagedIdentityCredential().getToken(scope);
  const before = await requests();
  const second = await new ManagedIdentityCredential().getToken(scope);
  assert.equal((await requests()) - before, 0);
  assert.equal(second.token, first.token);
});

for (const [name, id] of Object.entries(JOBS)) {
  test(`knows an identity by its ${name}`, async () => {
    const before = await requests();
    const credential = new ManagedIdentityCredential({ [name]: id });
    const token = await credential.getToken('https://jobs.invalid/.default');
    assert.equal((await requests()) - before, 1);
    const said = claims(token.token);
    assert.equal(said.appid, JOBS.clientId);
    assert.equal(said.oid, JOBS.objectId);
    assert.equal(said.xms_mirid, JOBS.resourceId);
  });
}

test('names the system-assigned identity by nothing', async () => {
  const token = await new ManagedIdentityCredential().getToken('https://system.invalid/.default');
  assert.notEqual(claims(token.token).appid, JOBS.clientId);
});

test('says that an identity is unknown', async () => {
  const before = await requests();
  const credential = new ManagedIdentityCredential({ clientId: UNKNOWN });
  await assert.rejects(credential.getToken('https://unknown.invalid/.default'), {
    name: 'CredentialUnavailableError',
    message: /Identity not found/,
  });
  assert.equal((await requests()) - before, 1);
});
