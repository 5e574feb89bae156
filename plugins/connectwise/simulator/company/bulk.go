package company

import (
	"encoding/json"
	"net/http"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
)

// result is what became of one record of a bulk request.
type result struct {
	Success       bool            `json:"success"`
	OriginalIndex int             `json:"originalIndex"`
	StatusCode    int             `json:"statusCode"`
	Data          json.RawMessage `json:"data,omitempty"`
	Error         json.RawMessage `json:"error,omitempty"`
}

// mountBulk adds the writes of many configurations at once, which answer 207
// with what became of each (connectwise.md §3, §6).
func mountBulk(on rest.On) {
	const path = configurationsPath + "/bulk"
	on(http.MethodPost, path, rest.Writes, bulk(configurations.Create))
	on(http.MethodPut, path, rest.Writes, bulk(configurations.Replace))
}

func bulk(write rest.Handler) rest.Handler {
	return func(c *rest.Call) (rest.Answer, *rest.Error) {
		records, err := body.Elements(c.Body)
		if err != nil {
			return rest.Answer{}, rest.BodyError(err)
		}
		results := make([]result, len(records))
		for i, text := range records {
			one := *c
			one.Body = text
			var named struct {
				ID int64 `json:"id"`
			}
			_ = json.Unmarshal(text, &named) // the write itself refuses what is no record
			one.IDs = []int64{named.ID}
			a, err := write(&one)
			results[i] = result{Success: err == nil, OriginalIndex: i, StatusCode: a.Status, Data: a.Body}
			if err != nil {
				results[i].StatusCode, results[i].Error = err.Status, err.Text()
			}
		}
		return rest.Answer{Status: http.StatusMultiStatus, Body: rest.Indented(struct {
			Payload []result `json:"payload"`
		}{results})}, nil
	}
}
