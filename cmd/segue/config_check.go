package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"segue/store"
	"segue/web"
)

// connectTime is how long a database may take to answer a check. (d)
const connectTime = 10 * time.Second

// together says what is wrong with settings that are each in order: what must be
// known before anything is opened.
func (c *settings) together() (problems mistakes) {
	wrong := func(format string, args ...any) { problems = append(problems, usage(format, args...)) }
	encrypted := c.tlsCert != "" && c.tlsKey != ""
	if (c.tlsCert == "") != (c.tlsKey == "") {
		wrong("tls-cert and tls-key go together; set both or neither")
	}
	if encrypted && c.proxy {
		wrong("tls-cert and proxy are both set; let either Segue or the proxy end TLS")
	}
	host, https := "", false
	if u, err := url.Parse(c.publicURL); err == nil {
		host, https = u.Hostname(), u.Scheme == "https"
	}
	local := host == "localhost" || isLoopback(net.JoinHostPort(host, "0"))
	switch {
	case isLoopback(c.addr):
	case !c.accounts:
		wrong("addr %s can be reached from other machines, where everybody would see one person's pages; set accounts, or use 127.0.0.1, [::1] or localhost", c.addr)
	case !encrypted && !c.proxy:
		wrong("addr %s can be reached from other machines, where passwords must not travel in clear; set tls-cert and tls-key, or proxy if one ends TLS in front", c.addr)
	}
	switch {
	case c.accounts && c.publicURL == "" && !isLoopback(c.addr):
		wrong("accounts beyond loopback need public-url, the address that people open: passkeys are made for it")
	case c.publicURL != "" && !https && !local:
		wrong("public-url %s is no https address; browsers sign nobody in there", c.publicURL)
	case (encrypted || c.proxy) && c.publicURL != "" && !https:
		wrong("public-url %s is no https address, and people come by TLS; write https://", c.publicURL)
	case c.publicURL != "" && https && !encrypted && !c.proxy:
		wrong("public-url is an https address, and nothing ends TLS; set tls-cert and tls-key, or proxy if one does so in front")
	case c.proxy && c.publicURL == "":
		wrong("proxy needs public-url, the address that people open")
	}
	if c.metricsAddr != "off" && c.metricsAddr == c.addr {
		wrong("metrics-addr is the address of the pages; give it one of its own, or off")
	}
	return problems
}

// there says what is wrong with the files and other things that settings name. With
// connect it asks the database, too, which is neither made nor changed.
func (c *settings) there(ctx context.Context, connect bool) (problems mistakes) {
	note := func(what string, err error) {
		if err != nil {
			problems = append(problems, usage("%s: %s", what, complaint(err)))
		}
	}
	if c.tlsCert != "" && c.tlsKey != "" {
		note("tls-cert", c.checkCertificate(time.Now()))
	}
	if c.campaign != "" {
		_, err := web.ReadCampaign(c.campaign)
		note("campaign", err)
	}
	if c.folder != "" {
		note("folder", checkFolder(c.folder))
	}
	for _, path := range splitPaths(c.catalogs) {
		note("catalog", readable(path))
	}
	note("model", c.checkModel())
	db, err := c.database()
	note("db-file", err)
	if err == nil {
		err = db.place()
		note("db", err)
	}
	if err == nil {
		_, err = db.key()
		note("key-file", err)
	}
	if err != nil {
		return problems
	}
	switch {
	case connect:
		note("db", db.answers(ctx))
	case !isURL(db.path):
		note("db", checkFolder(filepath.Dir(db.path)))
	default:
		_, err := url.Parse(db.path)
		if err != nil {
			err = errors.New("this is no address such as postgres://USER@HOST/NAME") // the error would quote it, password and all
		}
		note("db", err)
	}
	return problems
}

// answers asks a database for nothing but whether it is there. One that Segue would
// make is in order.
func (d *database) answers(ctx context.Context) error {
	if !isURL(d.path) {
		if _, err := os.Stat(d.path); errors.Is(err, os.ErrNotExist) {
			return checkFolder(filepath.Dir(d.path))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	s, err := d.existing(ctx, true)
	if errors.Is(err, store.ErrReadOnly) {
		return nil // it answered: it is new, or older, and serve brings it up to date
	}
	if err != nil && isURL(d.path) {
		return errors.New(strings.ReplaceAll(complaint(err), d.path, placeOf(d.path)))
	} else if err != nil {
		return err
	}
	return s.Close()
}

// isURL reports whether a database is named by an address and not by a file.
func isURL(db string) bool { return strings.Contains(db, "://") }

// readable reports why a file cannot be read.
func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return fmt.Errorf("%s: this is a folder; name a file", path)
	}
	return nil
}

// checkCertificate reports what is wrong with certificate and key at a time: that
// they do not belong together, or that browsers would refuse them.
func (c *settings) checkCertificate(at time.Time) error {
	for _, path := range []string{c.tlsCert, c.tlsKey} {
		if err := readable(path); err != nil {
			return err
		}
	}
	pair, err := tls.LoadX509KeyPair(c.tlsCert, c.tlsKey)
	if err != nil {
		return fmt.Errorf("%s and %s are no certificate and its key, PEM, that belong together (%s)", c.tlsCert, c.tlsKey, strings.TrimPrefix(err.Error(), "tls: "))
	}
	switch leaf := pair.Leaf; {
	case at.After(leaf.NotAfter):
		return fmt.Errorf("%s expired on %s; renew it", c.tlsCert, leaf.NotAfter.Format(time.DateOnly))
	case at.Before(leaf.NotBefore):
		return fmt.Errorf("%s is valid from %s on only; check the clock, or use another", c.tlsCert, leaf.NotBefore.Format(time.DateOnly))
	default:
		if u, err := url.Parse(c.publicURL); err == nil && c.publicURL != "" && leaf.VerifyHostname(u.Hostname()) != nil {
			return fmt.Errorf("%s is not for %s, the host of public-url; get one for it", c.tlsCert, u.Hostname())
		}
	}
	return nil
}

// checkModel refuses a model that cannot be read, or has no catalogue to place.
func (c *settings) checkModel() error {
	if c.model == "" {
		return nil
	}
	if len(splitPaths(c.catalogs)) == 0 {
		return usage("a model places the tracks it was trained on: name them as catalog")
	}
	_, err := readModel(c.model)
	return err
}
