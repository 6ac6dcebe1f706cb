// Package retries: what azidentity does when it is refused, as imds-client's preset go-azidentity has it.
package retries

import (
	"testing"
	"time"

	"imds.invalid/clients/emulator"
)

func TestComesBackLaterEachTimeItIsRefused(t *testing.T) {
	resource := "https://refused.invalid"
	emulator.AnswerNext(t, resource, 2, 429)
	token := emulator.MustAsk(t, emulator.Credential(t, nil), resource)
	if said := emulator.ReadClaims(t, token.Token); said.Audience != resource {
		t.Error(said)
	}
	waits := emulator.Waits(t, resource)
	if len(waits) != 2 || waits[0] < 1600*time.Millisecond || waits[1] < 4800*time.Millisecond {
		t.Error("not as the preset")
	}
}
