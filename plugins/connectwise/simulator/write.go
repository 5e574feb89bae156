package simulator

type rules struct {
	resource    string
	keepForever bool
}

var ticketRules, noteRules, companyRules, contactRules, configurationRules, memberRules *rules

func setupRules(resource string) *rules { return nil }

func (res *resource) create(c *call) (answer, *apiError)  { return answer{}, nil }
func (res *resource) replace(c *call) (answer, *apiError) { return answer{}, nil }
func (res *resource) patch(c *call) (answer, *apiError)   { return answer{}, nil }
func (res *resource) delete(c *call) (answer, *apiError)  { return answer{}, nil }

func malformedBody(body []byte, err error) *apiError { return badParameter("body", err.Error()) }
