// A herd of @azure/identity meets the limit of five. A 429 without Retry-After is final for this
// library, so half of the herd fails.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { claims } = require('./emulator');
const { AT_ONCE, HERD, herd } = require('./herd');

test('those that are refused fail without a retry', async () => {
  const { tokens, errors, grown } = await herd();

  assert.equal(tokens.map(claims).length, AT_ONCE);
  assert.equal(errors.length, HERD - AT_ONCE);
  for (const error of errors) {
    assert.equal(error.name, 'CredentialUnavailableError');
    assert.match(error.message, /Temporarily throttled, too many requests/);
  }
  assert.equal(grown.admitted, AT_ONCE);
  assert.equal(grown.refused_concurrency, HERD - AT_ONCE);
  assert.equal(grown.refused_rate, 0);
});
