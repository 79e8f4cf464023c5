package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// healthTime is how long a server may take to say that it lives. (d)
const healthTime = 5 * time.Second

// healthCommand asks a Segue that serves on this machine whether it lives.
func healthCommand(t *terminal) *cobra.Command {
	c := newSettings(&t.seed)
	var ready bool
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask a Segue that serves on this machine whether it lives",
		Long: `Ask 'segue serve' on this machine, at the address of its settings, whether it lives, or
with --ready whether it can answer people now: its database answers, and it is not about
to stop. The exit code is 0 if so. Containers and monitors call it.`,
		Example: "  segue health\n  segue health --ready --config /etc/segue/segue.toml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if problems := mistakes(c.read(givenIn(cmd.Flags()), os.Environ())); len(problems) > 0 {
				return problems
			}
			page := "/healthz"
			if ready {
				page = "/readyz"
			}
			at, err := c.askHealth(cmd.Context(), page)
			if err != nil {
				return err
			}
			v := struct {
				Asked string `json:"asked"`
				OK    bool   `json:"ok"`
			}{at, true}
			return t.print(v, func(w io.Writer) { fmt.Fprintf(w, "%s says that all is well.\n", v.Asked) })
		},
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&ready, "ready", false, "ask whether it can answer people now")
	return cmd
}

// askHealth asks a page that says nothing but whether all is well, and returns its
// address.
func (c *settings) askHealth(ctx context.Context, page string) (string, error) {
	scheme := "http"
	if c.tlsCert != "" {
		scheme = "https"
	}
	at := scheme + "://" + fromHere(c.addr) + page
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return at, err
	}
	// The certificate is for the name that people use, and this asks the machine
	// itself: nothing is sent that another could make use of.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return at, fmt.Errorf("%s does not answer (%w); is 'segue serve' running there?", at, shortOf(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return at, fmt.Errorf("%s says %s", at, answer.Status)
	}
	return at, nil
}

// fromHere is an address as this machine asks for it: one that stands for all of its
// own becomes loopback.
func fromHere(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		host = "127.0.0.1"
		if err == nil && a.Is6() {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}

// shortOf is the last cause of an error.
func shortOf(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
