package store

import (
	"syscall"
	"time"
)

// silence makes connections end when what was sent is not acknowledged for so long.
func silence(d time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		if network == "unix" {
			return nil
		}
		const tcpUserTimeout = 18 // TCP_USER_TIMEOUT, which package syscall does not name
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
		})
		if err != nil {
			return err
		}
		return failed
	}
}
