// Package usage tells what processes take of the machine, and what machine it is.
package usage

import (
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// Process is a process under watch.
type Process struct{ p *process.Process }

// Of watches a process.
func Of(pid int) (Process, error) {
	p, err := process.NewProcess(int32(pid))
	return Process{p}, err
}

// CPU is the processor time that it has taken, the kernel's for it included.
func (p Process) CPU() (time.Duration, error) {
	t, err := p.p.Times()
	if err != nil {
		return 0, err
	}
	return time.Duration((t.User + t.System) * float64(time.Second)), nil
}

// Memory is what of it is in the machine's memory, in bytes.
func (p Process) Memory() (uint64, error) {
	m, err := p.p.MemoryInfo()
	if err != nil {
		return 0, err
	}
	return m.RSS, nil
}

// Child returns its one child: a gateway's connector.
func (p Process) Child() (Process, error) {
	children, err := p.p.Children()
	if err != nil {
		return Process{}, err
	}
	if len(children) != 1 {
		return Process{}, fmt.Errorf("process %d has %d children, not one", p.p.Pid, len(children))
	}
	return Process{children[0]}, nil
}

// PID is its process id.
func (p Process) PID() int { return int(p.p.Pid) }
