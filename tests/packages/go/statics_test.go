// Package packages: MSAL for Go keeps tokens in a variable of the process, by identity and resource.
package packages

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/imds-emulator/imds-emulator/packaging/go/imdstest"
)

const scope = "https://vault.azure.net/.default"

func ask(t *testing.T, options *azidentity.ManagedIdentityCredentialOptions) (azcore.AccessToken, error) {
	t.Helper()
	credential, err := azidentity.NewManagedIdentityCredential(options)
	if err != nil {
		t.Fatal(err)
	}
	return credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{scope}})
}

func through(vm *imdstest.VM, id azidentity.ManagedIDKind) *azidentity.ManagedIdentityCredentialOptions {
	return &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: vm}, ID: id}
}

func mustAsk(t *testing.T, options *azidentity.ManagedIdentityCredentialOptions) {
	t.Helper()
	if _, err := ask(t, options); err != nil {
		t.Fatal(err)
	}
}

func assertRequests(t *testing.T, vm *imdstest.VM, expected int) {
	t.Helper()
	if found := vm.Verify().Requests; found != expected {
		t.Errorf("%d requests, expected %d: %v", found, expected, vm.Journal())
	}
}

// What the documentation warns of.
func TestLeftAloneTheSecondVMIsNotAsked(t *testing.T) {
	first, second := imdstest.Start(t), imdstest.Start(t)
	mustAsk(t, through(first, nil))
	mustAsk(t, through(second, nil))
	assertRequests(t, first, 1)
	assertRequests(t, second, 0)
}

func TestInParallelEachVMIsAskedByItsTest(t *testing.T) {
	for number := range 20 {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			vm := imdstest.Start(t, imdstest.Settings{"profile": "azure-2017"})
			id := azidentity.ClientID(vm.Identity())
			mustAsk(t, through(vm, id))
			mustAsk(t, through(vm, id))
			assertRequests(t, vm, 1)
			if !vm.Verify().Clean {
				t.Error(vm.Verify())
			}
		})
	}
}

func TestByVariablesOfAppService(t *testing.T) {
	t.Setenv("IMDS_ENDPOINT", "http://elsewhere.invalid")
	for range 2 {
		t.Run("", func(t *testing.T) {
			vm := imdstest.Start(t)
			vm.Setenv()
			if _, there := os.LookupEnv("IMDS_ENDPOINT"); there {
				t.Error("IMDS_ENDPOINT is there")
			}
			mustAsk(t, &azidentity.ManagedIdentityCredentialOptions{ID: azidentity.ClientID(vm.Identity())})
			assertRequests(t, vm, 1)
		})
	}
	if os.Getenv("IMDS_ENDPOINT") != "http://elsewhere.invalid" || os.Getenv("IDENTITY_ENDPOINT") != "" {
		t.Error("the variables are not back")
	}
}

func TestLimitsFaultsAndReset(t *testing.T) {
	vm := imdstest.Start(t)
	vm.Limits(imdstest.Settings{"identity": imdstest.Settings{"concurrent": 3}})
	if slots := vm.Tally()["left"].(map[string]any)["identity"].(map[string]any)["slots"]; slots != 3.0 {
		t.Error(slots)
	}
	vm.Fault(imdstest.Settings{"effect": imdstest.Settings{"status": 400}})
	if _, err := ask(t, through(vm, azidentity.ClientID(vm.Identity()))); err == nil {
		t.Error("a token")
	}
	if status := vm.Journal()[0].Outcome.Status; status != 400 {
		t.Error(status)
	}
	vm.ClearFaults()
	vm.Reset()
	mustAsk(t, through(vm, azidentity.ClientID(vm.Identity())))
	assertRequests(t, vm, 1)
}

func TestNobodyElseIsAsked(t *testing.T) {
	vm := imdstest.Start(t)
	t.Setenv("IDENTITY_ENDPOINT", "http://elsewhere.invalid")
	t.Setenv("IDENTITY_HEADER", "secret")
	_, err := ask(t, through(vm, azidentity.ClientID(vm.Identity())))
	if err == nil || !strings.Contains(err.Error(), "not the metadata address") {
		t.Error(err)
	}
}

// Says where its emulator is, and ends the process at once.
func TestKilled(t *testing.T) {
	file := os.Getenv("KILLED")
	if file == "" {
		t.Skip("for the test of the emulator's end")
	}
	if err := os.WriteFile(file, []byte(imdstest.Start(t).Endpoint), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Exit(9)
}
