package vendorhttp

import "testing"

func TestSecretsOfABodyAreHiddenByName(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"portalPassword":"hunter2","firstName":"Ada"}`:          `{"firstName":"Ada","portalPassword":"REDACTED"}`,
		`{"a":[{"privateKey":"k","n":12345678901234567890}]}`:     `{"a":[{"n":12345678901234567890,"privateKey":"REDACTED"}]}`,
		`{"credentials":{"user":"u","pin":"1"}}`:                  `{"credentials":"REDACTED"}`,
		`{"pwd":1234}`:                                            `{"pwd":"REDACTED"}`,
		`[{"op":"replace","path":"/portalPassword","value":"p"}]`: `[{"op":"replace","path":"/portalPassword","value":"REDACTED"}]`,
		`[{"op":"replace","path":"password","value":"<p>"}]`:      `[{"op":"replace","path":"password","value":"REDACTED"}]`,
		`[{"op":"add","path":"/","value":{"apiKey":"k"}}]`:        `[{"op":"add","path":"/","value":{"apiKey":"REDACTED"}}]`,
		// What holds no secret stays as it would be sent.
		`[{"op":"replace", "path":"summary", "value":"password"}]`: `[{"op":"replace", "path":"summary", "value":"password"}]`,
		`{"disablePortalPasswordFlag":true, "password":null}`:      `{"disablePortalPasswordFlag":true, "password":null}`,
		`{"publicKey": "p", "keyword": "k", "monkey": "m"}`:        `{"publicKey": "p", "keyword": "k", "monkey": "m"}`,
		`password=p`: `password=p`,
		``:           ``,
	} {
		if got := string(redactBody([]byte(body))); got != want {
			t.Errorf("%s is shown as %s, want %s", body, got, want)
		}
	}
}
