package rest

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

// key is an API key of a member, or a token that stands for him for a while.
type key struct {
	member  string
	private string
	expires time.Time // zero for an API key
}

// keyring holds the keys that open the tenant, by public key, and the client ids of
// the integrations that the vendor's developer site has registered: one for each
// integration, whichever the tenant (connectwise.md §2).
type keyring struct {
	mu      sync.Mutex
	keys    map[string]key
	clients map[string]bool // in lower case
	issued  int
}

func newKeyring() *keyring {
	k := &keyring{keys: map[string]key{}, clients: map[string]bool{seed.ClientID: true}}
	for _, s := range seed.Keys {
		k.keys[s.Public] = key{member: s.Member, private: s.Private}
	}
	return k
}

// owner is the identifier of the member that a pair of keys belongs to.
func (k *keyring) owner(public, private string, now time.Time) (string, *Error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch found, ok := k.keys[public]; {
	case !ok || found.private != private:
		return "", badCredentials()
	case !found.expires.IsZero() && !now.Before(found.expires):
		return "", notAuthenticated()
	default:
		return found.member, nil
	}
}

// issue makes a token for a member.
func (k *keyring) issue(member string, expires time.Time) (public, private string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.issued++
	public, private = fmt.Sprintf("Dg7Token%08d", k.issued), fmt.Sprintf("Dg7TokenKey%08d", k.issued)
	k.keys[public] = key{member: member, private: private, expires: expires}
	return public, private
}

// IssueToken makes a pair of keys that stand for a member until they expire.
func (t *Tenant) IssueToken(member string, expires time.Time) (public, private string) {
	return t.keys.issue(member, expires)
}

// register takes in a client id, or takes it out again.
func (k *keyring) register(clientID string, registered bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clients[strings.ToLower(clientID)] = registered
}

// knows reports whether a client id is registered.
func (k *keyring) knows(clientID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clients[strings.ToLower(clientID)]
}

// RegisterClient registers the client id of an integration, or withdraws it. It refuses
// what is no GUID.
func (t *Tenant) RegisterClient(clientID string, registered bool) error {
	if !guid.MatchString(clientID) {
		return fmt.Errorf("client_id is %q; it must be a GUID such as %q", clientID, seed.ClientID)
	}
	t.keys.register(clientID, registered)
	return nil
}
