// Package retryafter: what azidentity does when it is told when to come back, as imds-client's preset
// go-azidentity has it.
package retryafter

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"imds.invalid/clients/emulator"
)

// The VM of ../../spent-vm.toml gives one token an hour.
func TestComesBackWhenItIsToldAndGivesUpAfterSevenAttempts(t *testing.T) {
	credential := emulator.Credential(t, nil)
	emulator.MustAsk(t, credential, "https://first.invalid")
	resource := "https://second.invalid"
	_, err := emulator.Ask(credential, resource)
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || failed.RawResponse.StatusCode != http.StatusTooManyRequests {
		t.Fatal(err)
	}
	waits := emulator.Waits(t, resource)
	if len(waits) != 6 {
		t.Fatal("not as the preset")
	}
	for _, wait := range waits {
		if wait < time.Second {
			t.Error("too early")
		}
	}
}
