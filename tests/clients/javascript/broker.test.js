// The herd of `herd.test.js`, half of which fails there, through the broker of `imds-client`.
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { claims } = require('./emulator');
const { HERD, herd } = require('./herd');

test('all get a token, and nobody is refused', async () => {
  const { tokens, errors, grown } = await herd();

  assert.deepEqual(errors, []);
  assert.equal(tokens.map(claims).length, HERD);
  assert.equal(grown.admitted, HERD);
  assert.equal(grown.refused_concurrency + grown.refused_rate, 0);
});
