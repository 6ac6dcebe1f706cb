// Makes one real client ask for one token: ask.js NAME [ENDPOINT]. What comes of it is in the emulator's journal.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

// NODE_PATH is no path for what has only ES modules, so the libraries are loaded from their own folder.
const load = createRequire(path.join(process.env.LIBRARIES, 'package.json'));
const [name, endpoint = 'http://169.254.169.254'] = process.argv.slice(2);
const RESOURCE = 'https://vault.azure.net';
const TOKEN = `${endpoint}/metadata/identity/oauth2/token`;

const clients = {
  identity: () => new (load('@azure/identity').ManagedIdentityCredential)().getToken(`${RESOURCE}/.default`),
  msal: () => new (load('@azure/msal-node').ManagedIdentityApplication)().acquireToken({ resource: RESOURCE }),
  nodeauth: () => new (load('@azure/ms-rest-nodeauth').MSIVmTokenCredentials)({ resource: RESOURCE, msiEndpoint: TOKEN }).getToken(),
  google: () => load('google-auth-library').ExternalAccountClient.fromJSON({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/azure',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: {
      url: `${TOKEN}?api-version=2018-02-01&resource=${RESOURCE}`,
      headers: { Metadata: 'True' },
      format: { type: 'json', subject_token_field_name: 'access_token' },
    },
  }).retrieveSubjectToken(),
  // As MONGODB-OIDC in the environment azure asks: a server that wants it is not there.
  mongodb: () => load('./node_modules/mongodb/lib/cmap/auth/mongodb_oidc/azure_machine_workflow.js')
    .azureCallback({ tokenAudience: RESOURCE, timeoutContext: AbortSignal.timeout(60_000) }),
  opentelemetry: async () => {
    const detected = load('@opentelemetry/resource-detector-azure').azureVmDetector.detect();
    console.log(await detected.attributes, await detected.asyncAttributesPromise);
    await detected.waitForAsyncAttributes?.();
  },
  schemaregistry: () => new (load('@confluentinc/schemaregistry').SchemaRegistryClient)({
    baseURLs: ['http://127.0.0.1:9'],
    bearerAuthCredentials: {
      credentialsSource: 'OAUTHBEARER_AZURE_IMDS',
      issuerEndpointUrl: TOKEN,
      issuerEndpointQuery: `api-version=2018-02-01&resource=${RESOURCE}`,
      logicalCluster: 'lsrc-1',
      identityPoolId: 'pool-1',
    },
  }).getAllSubjects(),
};

// Without an endpoint, and by some libraries' own defaults, the metadata address is asked.
const devices = readFileSync('/proc/net/dev', 'utf8').trim().split('\n').slice(2);
if (!devices.every((line) => line.trim().startsWith('lo:'))) {
  console.error('ask.js: expected a network namespace with a loopback alone; it is started by ../run');
  process.exit(1);
}
Promise.resolve(clients[name]()).then(console.log);
