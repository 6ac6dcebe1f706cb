// Package tokens: azidentity gets tokens from the emulator, and asks once for one that it holds: at the
// metadata address, and in App Service's protocol.
//
// MSAL's cache belongs to the process, so each test asks for a resource of its own.
package tokens

import (
	"errors"
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"imds.invalid/clients/emulator"
)

// The user-assigned identity of ../../vm.toml, and a client id that it does not know.
const (
	clientID   = "5a1f0c9e-0000-4000-8000-000000000001"
	objectID   = "5a1f0c9e-0000-4000-8000-000000000002"
	resourceID = "/subscriptions/5a1f0c9e-0000-4000-8000-000000000003/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs"
	unknown    = "5a1f0c9e-0000-4000-8000-00000000ffff"
)

func TestGetsATokenForADay(t *testing.T) {
	said := emulator.MustGetATokenForADay(t, "https://management.azure.com")
	if said.ClientID == clientID {
		t.Error(said)
	}
}

func TestDoesNotAskAgainForATokenItHolds(t *testing.T) {
	resource := "https://storage.azure.com"
	credential := emulator.Credential(t, nil)
	first := emulator.MustAsk(t, credential, resource)
	second := emulator.MustAsk(t, credential, resource)
	if first.Token != second.Token {
		t.Error("another token")
	}
	assertRequests(t, resource, 1)
}

func TestDoesNotAskAgainInAnotherCredentialOfTheProcess(t *testing.T) {
	resource := "https://vault.azure.net"
	emulator.MustAsk(t, emulator.Credential(t, nil), resource)
	emulator.MustAsk(t, emulator.Credential(t, nil), resource)
	assertRequests(t, resource, 1)
}

func TestKnowsAnIdentityByItsClientID(t *testing.T) {
	assertJobs(t, azidentity.ClientID(clientID), "https://by-client-id.invalid")
}

func TestKnowsAnIdentityByItsObjectID(t *testing.T) {
	assertJobs(t, azidentity.ObjectID(objectID), "https://by-object-id.invalid")
}

func TestKnowsAnIdentityByItsResourceID(t *testing.T) {
	assertJobs(t, azidentity.ResourceID(resourceID), "https://by-resource-id.invalid")
}

func TestSaysThatAnIdentityIsUnknown(t *testing.T) {
	resource := "https://unknown.invalid"
	_, err := emulator.Ask(emulator.Credential(t, azidentity.ClientID(unknown)), resource)
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || failed.RawResponse.StatusCode != http.StatusBadRequest {
		t.Fatal(err)
	}
	assertRequests(t, resource, 1)
}

func assertJobs(t *testing.T, id azidentity.ManagedIDKind, resource string) {
	t.Helper()
	token := emulator.MustAsk(t, emulator.Credential(t, id), resource)
	said := emulator.ReadClaims(t, token.Token)
	if said != (emulator.Claims{Audience: resource, ClientID: clientID, ObjectID: objectID, ResourceID: resourceID}) {
		t.Error(said)
	}
	assertRequests(t, resource, 1)
}

func assertRequests(t *testing.T, resource string, count int) {
	t.Helper()
	if requests := emulator.Requests(t, resource); len(requests) != count {
		t.Errorf("requests at %v", requests)
	}
}
