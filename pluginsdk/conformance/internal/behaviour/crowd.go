package behaviour

import "sync"

// atOnce runs a function for 0 to n-1, all at once, and waits.
func atOnce(n int, run func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { run(i) })
	}
	all.Wait()
}
