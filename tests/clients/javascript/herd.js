// Ten @azure/identity credentials that ask at once. They share the process's cache, so each asks for a
// resource of its own.
'use strict';

const { ManagedIdentityCredential } = require('@azure/identity');
const { tally } = require('./emulator');

const HERD = 10;
const AT_ONCE = 5;

/** Starts them all; the tokens, the errors, and by how much the emulator's counts have grown. */
async function herd() {
  const before = await tally();
  const sessions = Array.from({ length: HERD }, (_, number) =>
    new ManagedIdentityCredential().getToken(`https://herd-${number}.invalid/.default`),
  );
  const outcomes = await Promise.allSettled(sessions);
  const after = await tally();
  return {
    tokens: outcomes.flatMap(({ value }) => (value ? [value.token] : [])),
    errors: outcomes.flatMap(({ reason }) => (reason ? [reason] : [])),
    grown: Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]])),
  };
}

module.exports = { AT_ONCE, HERD, herd };
