// What the tests know of the VM that ../vm.toml describes, and of its tokens.
'use strict';

/** From issue to expiry, in seconds. */
const DAY = 24 * 60 * 60;
const MINUTE = 60;

const SUBSCRIPTION = '/subscriptions/5a1f0c9e-0000-4000-8000-000000000003';

/** The user-assigned identity. */
const JOBS = {
  clientId: '5a1f0c9e-0000-4000-8000-000000000001',
  objectId: '5a1f0c9e-0000-4000-8000-000000000002',
  resourceId: `${SUBSCRIPTION}/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs`,
};

/** A client id that no identity has. */
const UNKNOWN = '5a1f0c9e-0000-4000-8000-00000000ffff';

module.exports = { DAY, JOBS, MINUTE, UNKNOWN };
