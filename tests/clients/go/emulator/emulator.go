// Package emulator has what a test may know of the emulator that its client asks: its journal, and what
// its tokens say.
package emulator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Claims are some of those that a token makes.
type Claims struct {
	Audience   string `json:"aud"`
	ClientID   string `json:"appid"`
	ObjectID   string `json:"oid"`
	ResourceID string `json:"xms_mirid"`
}

// Credential makes a credential as programs do, whose requests can only go to the emulator.
func Credential(t *testing.T, id azidentity.ManagedIDKind) *azidentity.ManagedIdentityCredential {
	t.Helper()
	endpoint := cmp.Or(os.Getenv("IDENTITY_ENDPOINT"), os.Getenv("MSI_ENDPOINT"))
	if !strings.HasPrefix(endpoint, "http://127.0.0.1:") && !onlyLoopback(t) {
		t.Fatal("the client would ask the real metadata address")
	}
	options := &azidentity.ManagedIdentityCredentialOptions{ID: id}
	return must(azidentity.NewManagedIdentityCredential(options))(t)
}

// Ask asks a credential for a token of the resource.
func Ask(credential azcore.TokenCredential, resource string) (azcore.AccessToken, error) {
	scopes := []string{resource + "/.default"}
	return credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: scopes})
}

// MustAsk is Ask where there has to be a token.
func MustAsk(t *testing.T, credential azcore.TokenCredential, resource string) azcore.AccessToken {
	t.Helper()
	return must(Ask(credential, resource))(t)
}

// MustGetATokenForADay asks as the default identity, and says what the token claims: to be for the resource,
// at least.
func MustGetATokenForADay(t *testing.T, resource string) Claims {
	t.Helper()
	const day = 24 * time.Hour
	token := MustAsk(t, Credential(t, nil), resource)
	said := ReadClaims(t, token.Token)
	if said.Audience != resource {
		t.Error(said)
	}
	if life := time.Until(token.ExpiresOn); (life - day).Abs() > time.Minute {
		t.Errorf("expires in %v", life)
	}
	return said
}

// ReadClaims reads a token, which must have the three parts of a signed JWT.
func ReadClaims(t *testing.T, token string) (claims Claims) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		t.Fatal("not a signed JWT")
	}
	payload := must(base64.RawURLEncoding.DecodeString(parts[1]))(t)
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// Requests says when the requests for tokens of the resource came, since the emulator's start.
func Requests(t *testing.T, resource string) (at []time.Duration) {
	t.Helper()
	answer := must(http.Get(os.Getenv("IMDS_ADMIN") + "/journal"))(t)
	defer answer.Body.Close()
	var page struct {
		Entries []struct {
			AtMs  float64 `json:"at_ms"`
			Query string  `json:"query"`
		} `json:"entries"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	for _, entry := range page.Entries {
		if must(url.ParseQuery(entry.Query))(t).Get("resource") == resource {
			at = append(at, time.Duration(entry.AtMs*float64(time.Millisecond)))
		}
	}
	return at
}

// Waits is the time between one request for tokens of the resource and the next.
func Waits(t *testing.T, resource string) (waits []time.Duration) {
	t.Helper()
	at := Requests(t, resource)
	for i := 1; i < len(at); i++ {
		waits = append(waits, at[i]-at[i-1])
	}
	t.Logf("waited %v", waits)
	return waits
}

// AnswerNext makes the emulator answer the next so many requests for the resource by that status.
func AnswerNext(t *testing.T, resource string, count, status int) {
	t.Helper()
	fault := fmt.Sprintf(`{"resource":%q,"next":%d,"effect":{"status":%d}}`, resource, count, status)
	body := bytes.NewBufferString(fault)
	answer := must(http.Post(os.Getenv("IMDS_ADMIN")+"/faults", "application/json", body))(t)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
}

// onlyLoopback says whether this is a network namespace without a way out.
func onlyLoopback(t *testing.T) bool {
	for _, device := range must(net.Interfaces())(t) {
		if device.Flags&net.FlagLoopback == 0 {
			return false
		}
	}
	return true
}

// must gives the value, or ends the test with the error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
