package simulator

// Routes lists the operations that are served.
func Routes() []string { return routes().List() }
