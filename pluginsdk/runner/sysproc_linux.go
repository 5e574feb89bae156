package runner

import "syscall"

// sysProcAttr gives the process a group of its own, so that it can be ended
// with everything it started and does not see the terminal's Ctrl-C, and has
// the kernel end it when the gateway is killed. Connectors see the end of their
// stdin as well; this is for the one that hangs.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
