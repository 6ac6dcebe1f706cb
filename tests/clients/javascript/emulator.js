// What a test may know of the emulator that its clients ask: its counts, and what its tokens say.
'use strict';

const assert = require('node:assert/strict');

// No credential is made unless its requests go to loopback: without one of the variables they would go
// to the real metadata address.
const { AZURE_POD_IDENTITY_AUTHORITY_HOST, IDENTITY_ENDPOINT, MSI_ENDPOINT } = process.env;
assert.match(AZURE_POD_IDENTITY_AUTHORITY_HOST ?? IDENTITY_ENDPOINT ?? MSI_ENDPOINT, /^http:\/\/127\.0\.0\.1:/);

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

/** When the requests for tokens of a resource came, in seconds since the emulator's start. */
async function arrivals(resource) {
  const { entries } = await (await fetch(`${process.env.IMDS_ADMIN}/journal`)).json();
  return entries
    .filter(({ query }) => new URLSearchParams(query).get('resource') === resource)
    .map((entry) => entry.at_ms / 1000);
}

/** The next so many requests for tokens of the resource are answered by that status. */
async function answerNext(resource, count, status) {
  const body = JSON.stringify({ resource, next: count, effect: { status } });
  const answer = await fetch(`${process.env.IMDS_ADMIN}/faults`, { method: 'POST', body });
  assert.equal(answer.status, 200);
}

/** The claims of a token, which must have the three parts of a signed JWT. */
function claims(token) {
  const parts = token.split('.');
  assert.equal(parts.length, 3);
  assert.ok(parts.every((part) => part.length > 0));
  return JSON.parse(Buffer.from(parts[1], 'base64url'));
}

module.exports = { answerNext, arrivals, claims, requests, tally };
