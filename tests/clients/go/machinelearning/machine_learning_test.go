// Package machinelearning: azidentity gets tokens in the protocol of Azure Machine Learning, which names
// identities by their client ids alone.
package machinelearning

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"imds.invalid/clients/emulator"
)

// The user-assigned identity of ../../vm.toml.
const clientID = "5a1f0c9e-0000-4000-8000-000000000001"

const day = 24 * time.Hour

func TestGetsATokenForADay(t *testing.T) {
	resource := "https://management.azure.com"
	token := emulator.MustAsk(t, emulator.Credential(t, nil), resource)
	said := emulator.ReadClaims(t, token.Token)
	if said.Audience != resource || said.ClientID == clientID {
		t.Error(said)
	}
	if life := time.Until(token.ExpiresOn); (life - day).Abs() > time.Minute {
		t.Errorf("expires in %v", life)
	}
}

func TestKnowsAnIdentityByItsClientID(t *testing.T) {
	credential := emulator.Credential(t, azidentity.ClientID(clientID))
	token := emulator.MustAsk(t, credential, "https://by-client-id.invalid")
	if said := emulator.ReadClaims(t, token.Token); said.ClientID != clientID {
		t.Error(said)
	}
}
