// The attested document verifies with node-forge, as IMDS's own do. It has no function for that: its users
// compare the digest of the content with what was signed.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { before, test } = require('node:test');
const forge = require('node-forge');

const IMDS = process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST.replace(/\/$/, '');
const GUIDE = '../../emulator/tests/served/attested/guide-2018.base64';
const SHA_256_WITH_RSA = '1.2.840.113549.1.1.11';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

let answer;
let own;
let guide;

async function get(url) {
  const response = await fetch(url, { headers: { Metadata: 'true' } });
  assert.equal(response.status, 200, url);
  return response;
}

const parse = (encoded) =>
  forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(forge.util.decode64(encoded)));

const contentOf = (message) => message.rawCapture.content.value[0].value;

function verifies(message, content = contentOf(message)) {
  const digest = forge.md.sha256.create().update(content).digest().bytes();
  try {
    return message.certificates[0].publicKey.verify(digest, message.rawCapture.signature);
  } catch {
    return false;
  }
}

// node-forge does not read this extension.
function caIssuers(certificate) {
  const access = forge.asn1.fromDer(certificate.getExtension('authorityInfoAccess').value);
  const found = access.value.find(({ value: [method] }) => forge.asn1.derToOid(method.value) === CA_ISSUERS);
  return found.value[1].value;
}

before(async () => {
  const target = '/metadata/attested/document?api-version=2025-04-07&nonce=1234567890';
  answer = await (await get(IMDS + target)).json();
  own = parse(answer.signature);
  guide = parse(fs.readFileSync(GUIDE, 'utf8').trim());
});

test('has the form of the guide\'s', () => {
  for (const { rawCapture } of [own, guide]) {
    assert.equal(forge.asn1.derToOid(rawCapture.digestAlgorithm), SHA_256_WITH_RSA);
    assert.equal(rawCapture.authenticatedAttributes, undefined);
  }
});

test('signs its content, as the guide\'s does', () => {
  for (const message of [own, guide]) {
    assert.ok(verifies(message));
    assert.ok(!verifies(message, contentOf(message).replace('nonce', 'Nonce')));
  }
  assert.equal(JSON.parse(contentOf(own)).nonce, '1234567890');
});

test('has a good chain with the certificate that the signer\'s names', async () => {
  const [signer] = own.certificates;
  assert.equal(signer.subject.getField('CN').value, 'metadata.azure.com');
  const der = Buffer.from(await (await get(caIssuers(signer))).arrayBuffer()).toString('binary');
  const intermediate = forge.pki.certificateFromAsn1(forge.asn1.fromDer(der));
  const root = await (await get(`${process.env.IMDS_ADMIN}/attested/root.pem`)).text();
  const store = forge.pki.createCaStore([root]);
  assert.ok(forge.pki.verifyCertificateChain(store, [signer, intermediate]));
  assert.throws(() => forge.pki.verifyCertificateChain(store, [signer]));
});
