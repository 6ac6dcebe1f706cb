// A herd of @azure/identity that is told when to come back. With Retry-After this library makes up to
// four attempts, so all of the herd get their tokens.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { claims } = require('./emulator');
const { AT_ONCE, HERD, herd } = require('./herd');

test('those that are told when to come back get their tokens', async (context) => {
  const { tokens, errors, grown } = await herd();

  assert.deepEqual(errors, []);
  assert.equal(tokens.map(claims).length, HERD);
  assert.equal(grown.admitted, HERD);
  assert.ok(grown.refused_concurrency >= HERD - AT_ONCE);
  context.diagnostic(`${grown.refused_concurrency} attempts refused`);
});
