package writing

import (
	"fmt"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// mailsOf is how many mails the PSA has sent; 0 where the simulator does not tell.
func mailsOf(t *suite.T) int { return len(outbox(t)) }

// outbox is the mails that the PSA has sent.
func outbox(t *suite.T) []simulated.Mail {
	if !t.Simulator.Has[simulated.Outbox] {
		return nil
	}
	mails, err := t.Simulator.Mails(t.Context())
	t.Must(err)
	return mails
}

// says tells whether a mail has a text anywhere in it.
func says(m simulated.Mail, text string) bool {
	return strings.Contains(strings.ToLower(fmt.Sprint(map[string]any(m))), strings.ToLower(text))
}
