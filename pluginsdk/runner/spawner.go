package runner

import "runtime"

// Spawner starts processes from one thread. The kernel ends a process with its
// parent (see sysProcAttr) when the thread that started it ends, so that thread
// has to live as long as the gateway does.
type Spawner struct{ jobs chan func() }

// NewSpawner starts the thread.
func NewSpawner() *Spawner {
	s := &Spawner{jobs: make(chan func())}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for job := range s.jobs {
			job()
		}
	}()
	return s
}

// do runs f on the thread and waits for it.
func (s *Spawner) do(f func()) {
	done := make(chan struct{})
	s.jobs <- func() { defer close(done); f() }
	<-done
}

// Close ends the thread, and with it what it started. Nothing may be started
// afterwards.
func (s *Spawner) Close() { close(s.jobs) }
