//go:build !unix

package pgtest

import (
	"errors"
	"os/exec"
)

type who struct{}

func unprivileged() (*who, error) { return nil, errors.New("it is only started for tests on Unix") }

func (*who) own(string) error { return nil }

func (*who) become(*exec.Cmd) {}

type guard struct{}

func guarded(*who, string, string, ...string) (*guard, error) { return nil, errors.ErrUnsupported }

func (*guard) ended() bool { return true }

func (*guard) stop() bool { return true }
