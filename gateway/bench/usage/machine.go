package usage

import (
	"runtime"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/load"
	"github.com/shirou/gopsutil/v4/mem"
)

// Machine is what a bench ran on.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory uint64 `json:"memory_bytes"`
	OS     string `json:"os"`
	Kernel string `json:"kernel"`
	Arch   string `json:"arch"`
	Go     string `json:"go"`
	// Load is how many processes wanted to run in the minute before.
	Load float64 `json:"load"`
}

// ThisMachine describes the machine as it is now.
func ThisMachine() (Machine, error) {
	m := Machine{Cores: runtime.NumCPU(), Arch: runtime.GOARCH, Go: runtime.Version()}
	cpus, err := cpu.Info()
	if err != nil {
		return m, err
	}
	if len(cpus) > 0 {
		m.CPU = cpus[0].ModelName
	}
	about, err := host.Info()
	if err != nil {
		return m, err
	}
	m.OS, m.Kernel = about.Platform+" "+about.PlatformVersion, about.KernelVersion
	memory, err := mem.VirtualMemory()
	if err != nil {
		return m, err
	}
	m.Memory = memory.Total
	average, err := load.Avg()
	if err != nil {
		return m, err
	}
	m.Load = average.Load1
	return m, nil
}
