// Package imdstest gives Go tests an Azure Instance Metadata Service of their own.
//
// The first Start of a process starts the emulator, which ends with the process; each Start makes a VM, which ends with its
// test. azidentity has the address of IMDS built in. A VM is a transport for it, so tests may run in parallel:
//
//	vm := imdstest.Start(t)
//	azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
//		ClientOptions: azcore.ClientOptions{Transport: vm},
//		ID:            azidentity.ClientID(vm.Identity()),
//	})
//
// MSAL keeps tokens by identity and resource for the whole process: hence an identity of its own for each test. Where
// the code under test makes its credential itself, VM.Setenv leads it to the VM through App Service's variables.
package imdstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	metadataAddress = "169.254.169.254"
	identities      = 100 // of each VM
	longest         = 30 * time.Second
)

// Settings of a VM: what `imds-emulator config default` lists.
type Settings map[string]any

// VM is a VM of the emulator. It is a transport of azcore: a request to the metadata address goes to this VM, and one to any
// other host is refused.
type VM struct {
	// Endpoint is http://HOST:PORT of IMDS, Admin this VM's part of the administration port.
	Endpoint, Admin string

	t          testing.TB
	mu         sync.Mutex
	identities []string
}

// Entry is a request of the journal, as docs/administration.md describes it.
type Entry struct {
	AtMs    float64 `json:"at_ms"`
	Method  string  `json:"method"`
	Path    string  `json:"path"`
	Query   string  `json:"query"`
	Outcome struct {
		Verdict string `json:"verdict"`
		Limiter string `json:"limiter"`
		Status  int    `json:"status"`
	} `json:"outcome"`
}

// Verdict says how the clients behaved. Broken counts by rule.
type Verdict struct {
	Clean    bool           `json:"clean"`
	Requests int            `json:"requests"`
	Broken   map[string]int `json:"broken"`
	Findings []struct {
		Rule     string `json:"rule"`
		Message  string `json:"message"`
		Requests []int  `json:"requests"`
	} `json:"findings"`
}

var vms atomic.Int64

// Start makes a VM that ends with the test. Without settings it is as the emulator's defaults.
func Start(t testing.TB, settings ...Settings) *VM {
	t.Helper()
	ready, err := started()
	if err != nil {
		t.Fatal(err)
	}
	pool := pool(vms.Add(1))
	wanted := Settings{"identities": pool}
	for _, some := range settings {
		for key, value := range some {
			wanted[key] = value
		}
	}
	var made struct{ Imds, Admin string }
	if err := send(http.MethodPost, ready.Admin+"/vms", wanted, &made); err != nil {
		t.Fatal(err)
	}
	vm := &VM{Endpoint: made.Imds, Admin: made.Admin, t: t}
	if _, own := wanted["identities"].([]map[string]string); own {
		for _, identity := range pool {
			vm.identities = append(vm.identities, identity["client_id"])
		}
	}
	t.Cleanup(func() { vm.send(http.MethodDelete, "", nil, nil) })
	return vm
}

// Do sends a request of an SDK to this VM.
func (vm *VM) Do(request *http.Request) (*http.Response, error) {
	if request.URL.Hostname() != metadataAddress {
		return nil, fmt.Errorf("imdstest: a request to %s, which is not the metadata address", request.URL.Host)
	}
	sent := request.Clone(request.Context())
	sent.URL.Host, sent.Host = strings.TrimPrefix(vm.Endpoint, "http://"), ""
	return http.DefaultTransport.RoundTrip(sent)
}

// RoundTrip is Do, for the transport of an http.Client.
func (vm *VM) RoundTrip(request *http.Request) (*http.Response, error) { return vm.Do(request) }

// Setenv leads clients that are made from now on to this VM, until the test ends: by the variables of App Service, since
// azidentity reads none for IMDS. Such a test cannot be parallel.
func (vm *VM) Setenv() {
	vm.t.Helper()
	variables, err := variables(vm.Endpoint)
	if err != nil {
		vm.t.Fatal(err)
	}
	for name, value := range variables {
		vm.t.Setenv(name, value)
		if value == "" {
			os.Unsetenv(name)
		}
	}
}

// Identity is the client id of an identity that no test of this process had: its token is in no cache.
func (vm *VM) Identity() string {
	vm.t.Helper()
	vm.mu.Lock()
	defer vm.mu.Unlock()
	if len(vm.identities) == 0 {
		vm.t.Fatal("imdstest: no identity is left, or the settings list identities of their own")
	}
	next := vm.identities[0]
	vm.identities = vm.identities[1:]
	return next
}

// Fault injects a fault: a [[faults]] table of the configuration, or a preset as Settings{"preset": "update"}.
func (vm *VM) Fault(fault Settings) {
	vm.t.Helper()
	vm.must(vm.send(http.MethodPost, "/faults", fault, nil))
}

// ClearFaults removes all faults.
func (vm *VM) ClearFaults() {
	vm.t.Helper()
	vm.must(vm.send(http.MethodDelete, "/faults", nil, nil))
}

// Limits sets limits; what is left out is as the profile has it.
func (vm *VM) Limits(limits Settings) {
	vm.t.Helper()
	vm.must(vm.send(http.MethodPut, "/limits", limits, nil))
}

// Reset makes it as if this VM had never been asked. It does not reach MSAL's tokens.
func (vm *VM) Reset() {
	vm.t.Helper()
	vm.must(vm.send(http.MethodPost, "/reset", nil, nil))
}

// Verify says how the clients behaved.
func (vm *VM) Verify() (verdict Verdict) {
	vm.t.Helper()
	vm.must(vm.send(http.MethodGet, "/verify", nil, &verdict))
	return verdict
}

// Journal has the requests, oldest first.
func (vm *VM) Journal() []Entry {
	vm.t.Helper()
	var page struct{ Entries []Entry }
	vm.must(vm.send(http.MethodGet, "/journal", nil, &page))
	return page.Entries
}

// Tally has counts by category and verdict.
func (vm *VM) Tally() (tally map[string]any) {
	vm.t.Helper()
	vm.must(vm.send(http.MethodGet, "/tally", nil, &tally))
	return tally
}

func (vm *VM) send(method, path string, body, into any) error {
	return send(method, vm.Admin+path, body, into)
}

func (vm *VM) must(err error) {
	vm.t.Helper()
	if err != nil {
		vm.t.Fatal(err)
	}
}

// pool is identities that differ from one VM to the next.
func pool(vm int64) []map[string]string {
	var pool []map[string]string
	for number := range identities {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d", vm, number))
		guid := fmt.Sprintf("%x-%x-4%x0-8%x0-%x", sum[:4], sum[4:6], sum[6:7], sum[7:8], sum[8:14])
		pool = append(pool, map[string]string{"name": fmt.Sprintf("test-%d", number+1), "client_id": guid})
	}
	return pool
}

// client goes through no proxy.
var client = &http.Client{Timeout: longest, Transport: &http.Transport{}}

func send(method, url string, body, into any) error {
	var sent io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, url, sent)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if answer.StatusCode >= 300 {
		err = fmt.Errorf("imdstest: %s %s: %s %s", method, request.URL.Path, answer.Status, text)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(text, into)
}
