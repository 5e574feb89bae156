package seed

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// callbacks enters the callback of another integration, which the tenant gave
// up: the vendor shut it off after three days of failures.
func (b *builder) callbacks() {
	b.put(store.Callbacks, 11, 0, store.Object{
		"description": "Documentation sync", "url": "https://hooks.dockside.example/connectwise?recordId=", "objectId": int64(1),
		"type": "company", "level": "owner", "memberId": int64(152), "payloadVersion": "3.0.0", "inactiveFlag": true,
		"isSoapCallbackFlag": false, "isSelfSuppressedFlag": false,
	})
}
