//go:build !linux

package runner

import "syscall"

// sysProcAttr gives the process a group of its own, so that it can be ended
// with everything it started and does not see the terminal's Ctrl-C. When the
// gateway is killed, the end of its stdin tells it so.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
