// Package attested verifies the attested document with the libraries that programs in Go use.
package attested

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	mozilla "go.mozilla.org/pkcs7"
)

const guide = "../../emulator/tests/served/attested/guide-2018.base64"

// As Coder verifies it, which fetches no intermediate but has it.
func TestSmallstepVerifiesItWithTheChain(t *testing.T) {
	document := parse(t, own(t))
	issuers := document.GetOnlySigner().IssuingCertificateURL
	if len(issuers) != 1 {
		t.Fatal(issuers)
	}
	if document.VerifyWithChain(root(t)) == nil {
		t.Error("the document lacks the intermediate")
	}
	intermediate := must(x509.ParseCertificate(get(t, issuers[0])))(t)
	document.Certificates = append(document.Certificates, intermediate)
	if err := document.VerifyWithChainAtTime(root(t), time.Now()); err != nil {
		t.Error(err)
	}
	document.Content = bytes.Replace(document.Content, []byte("nonce"), []byte("Nonce"), 1)
	if document.Verify() == nil {
		t.Error("another content verifies")
	}
}

// The guide's document has a certificate with a signature by MD5, which Go does not verify; its own does.
func TestSmallstepJudgesItAsItDoesTheGuides(t *testing.T) {
	for _, der := range [][]byte{own(t), guides(t)} {
		if err := parse(t, der).Verify(); err != nil {
			t.Error(err)
		}
	}
}

// It refuses the name of the digest, which is that of an algorithm with RSA.
func TestMozillaRefusesItAsItDoesTheGuides(t *testing.T) {
	for _, der := range [][]byte{own(t), guides(t)} {
		err := must(mozilla.Parse(der))(t).Verify()
		if err == nil || !strings.Contains(err.Error(), "unsupported digest") {
			t.Error(err)
		}
	}
}

func parse(t *testing.T, der []byte) *pkcs7.PKCS7 {
	t.Helper()
	return must(pkcs7.Parse(der))(t)
}

func own(t *testing.T) []byte {
	t.Helper()
	imds := strings.TrimSuffix(os.Getenv("AZURE_POD_IDENTITY_AUTHORITY_HOST"), "/")
	var answer struct{ Encoding, Signature string }
	body := get(t, imds+"/metadata/attested/document?api-version=2025-04-07")
	if err := json.Unmarshal(body, &answer); err != nil || answer.Encoding != "pkcs7" {
		t.Fatal(err, answer)
	}
	return must(base64.StdEncoding.DecodeString(answer.Signature))(t)
}

func guides(t *testing.T) []byte {
	t.Helper()
	encoded := must(os.ReadFile(guide))(t)
	return must(base64.StdEncoding.DecodeString(strings.TrimSpace(string(encoded))))(t)
}

func root(t *testing.T) *x509.CertPool {
	t.Helper()
	block, _ := pem.Decode(get(t, os.Getenv("IMDS_ADMIN")+"/attested/root.pem"))
	pool := x509.NewCertPool()
	pool.AddCert(must(x509.ParseCertificate(block.Bytes))(t))
	return pool
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	request := must(http.NewRequest(http.MethodGet, url, nil))(t)
	request.Header.Set("Metadata", "true")
	answer := must(http.DefaultClient.Do(request))(t)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	return must(io.ReadAll(answer.Body))(t)
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
