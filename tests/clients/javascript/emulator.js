// What a test may know of the emulator that its clients ask: its counts, and what its tokens say.
'use strict';

const assert = require('node:assert/strict');

// No credential is made unless its requests go to loopback: without the variable they would go to
// the real metadata address.
assert.match(process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST, /^http:\/\/127\.0\.0\.1:/);

/** Counts of the requests for tokens since the emulator's start. */
async function tally() {
  const answer = await fetch(`${process.env.IMDS_ADMIN}/tally`);
  return (await answer.json()).identity;
}

/** How many requests for tokens there have been, whatever was answered. */
async function requests() {
  const counts = await tally();
  return counts.admitted + counts.refused_rate + counts.refused_concurrency + counts.rejected;
}

/** The claims of a token, which must have the three parts of a signed JWT. */
function claims(token) {
  const parts = token.split('.');
  assert.equal(parts.length, 3);
  assert.ok(parts.every((part) => part.length > 0));
  return JSON.parse(Buffer.from(parts[1], 'base64url'));
}

module.exports = { claims, requests, tally };
