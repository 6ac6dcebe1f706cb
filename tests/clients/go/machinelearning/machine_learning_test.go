// Package machinelearning: azidentity gets tokens in the protocol of Azure Machine Learning, which names
// identities by their client ids alone.
package machinelearning

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"imds.invalid/clients/emulator"
)

// The user-assigned identity of ../../vm.toml.
const clientID = "5a1f0c9e-0000-4000-8000-000000000001"

func TestGetsATokenForADay(t *testing.T) {
	said := emulator.MustGetATokenForADay(t, "https://management.azure.com")
	if said.ClientID == clientID {
		t.Error(said)
	}
}

func TestKnowsAnIdentityByItsClientID(t *testing.T) {
	credential := emulator.Credential(t, azidentity.ClientID(clientID))
	token := emulator.MustAsk(t, credential, "https://by-client-id.invalid")
	if said := emulator.ReadClaims(t, token.Token); said.ClientID != clientID {
		t.Error(said)
	}
}
