package bench

import (
	"bytes"
	"os"
	"strconv"
)

// memory returns how much memory this process holds now, and held at most, in
// bytes; 0 where the system does not say.
func memory() (now, most int64) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	field := func(name string) int64 {
		for line := range bytes.Lines(text) {
			if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == name {
				kilobytes, err := strconv.ParseInt(string(fields[1]), 10, 64)
				if err == nil {
					return kilobytes << 10
				}
			}
		}
		return 0
	}
	return field("VmRSS:"), field("VmHWM:")
}
