package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"time"
)

// certificateLooks is how often it is looked whether a certificate was renewed. (d)
const certificateLooks = 10 * time.Second

// certificate returns how TLS is spoken with the certificate of the settings: as it is
// on the disk, read again when its files change or on SIGHUP. One that cannot be used
// is left for the one before.
func (c *settings) certificate(ctx context.Context, log *slog.Logger) (*tls.Config, error) {
	var now atomic.Pointer[tls.Certificate]
	load := func() error {
		if err := c.checkCertificate(time.Now()); err != nil {
			return err
		}
		pair, err := tls.LoadX509KeyPair(c.tlsCert, c.tlsKey)
		if err == nil {
			now.Store(&pair)
		}
		return err
	}
	seen := c.certificateStamp()
	if err := load(); err != nil {
		return nil, err
	}
	hang := make(chan os.Signal, 1)
	notifyHangup(hang)
	go func() {
		defer signal.Stop(hang)
		tick := time.NewTicker(certificateLooks)
		defer tick.Stop()
		for {
			select {
			case <-hang:
			case <-tick.C:
				if c.certificateStamp() == seen {
					continue
				}
			case <-ctx.Done():
				return
			}
			seen = c.certificateStamp()
			if err := load(); err != nil {
				log.Error("the new certificate is not used", "problem", complaint(err))
			} else {
				log.Warn("the certificate was read anew", "until", now.Load().Leaf.NotAfter)
			}
		}
	}()
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return now.Load(), nil }}, nil
}

// A stamp is by what files are seen to have changed.
type stamp struct {
	cert, key         time.Time
	certSize, keySize int64
}

func (c *settings) certificateStamp() (s stamp) {
	if info, err := os.Stat(c.tlsCert); err == nil {
		s.cert, s.certSize = info.ModTime(), info.Size()
	}
	if info, err := os.Stat(c.tlsKey); err == nil {
		s.key, s.keySize = info.ModTime(), info.Size()
	}
	return s
}
