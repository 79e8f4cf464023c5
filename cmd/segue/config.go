package main

import (
	"net"
	"net/netip"
	"strings"
	"time"

	"segue/web"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Settings are how a Segue that serves is set up. Each comes from a flag, else the
// environment, else a file, else its default; schema lists them.
type settings struct {
	config string

	addr, publicURL string
	proxy           bool
	trusted         []string
	tlsCert, tlsKey string

	db, dbFile, key, keyFile, folder string

	catalogs []string
	model    string
	campaign string
	seed     *uint64 // a flag of every command holds it

	accounts bool
	instance string
	adapt    string

	metricsAddr, logLevel, logFormat string

	grace                   time.Duration
	maxUpload, memoryBudget int64

	from map[string]string // of a setting that is not at its default: where its value is from
}

// A setting is one row of the schema. Its name is the flag's without dashes before
// it, the key's in the file, and in capitals with SEGUE_ before it the variable's.
type setting struct {
	name   string
	value  value
	help   string // one sentence; a word in backquotes names the value
	about  string // the heading it begins
	flag   flagKind
	inFile bool
	secret bool   // its value is never shown
	held   string // the setting that this one names a file of
	sample string // what an example shows where the default is empty
}

// A flagKind says which flag gives a setting.
type flagKind int

const (
	ownFlag    flagKind = iota // of the command
	sharedFlag                 // of every command
	noFlag                     // none: others on the machine can read them
)

// The bounds of settings, and their defaults where they are no zero. (d)
const (
	longestGrace      = 10 * time.Minute
	defaultMaxUpload  = 1 << 30
	leastMaxUpload    = 1 << 20
	mostMaxUpload     = 16 << 30
	leastMemory       = 16 << 20
	mostMemory        = 1 << 40
	longestSetting    = 4096
	longestInstance   = 64
	defaultServeAddr  = "127.0.0.1:8080"
	defaultTrusted    = "127.0.0.0/8,::1/128"
	environmentPrefix = "SEGUE_"
)

func newSettings(seed *uint64) *settings {
	return &settings{
		addr: defaultServeAddr, trusted: []string{defaultTrusted}, seed: seed, metricsAddr: "off", adapt: "on", logLevel: "warn", logFormat: "text",
		instance: "Segue", maxUpload: defaultMaxUpload, memoryBudget: web.DefaultMemory, from: map[string]string{},
	}
}

// schema is every setting there is, in the order in which a reference lists them.
// What it returns reads into c.
func (c *settings) schema() []setting {
	file := func(to *string) value { return textValue{to, longestSetting, "FILE"} }
	list := func(to *[]string, word, want string, check func(string) error) value {
		return listValue{to: to, check: check, word: word, want: want, begun: new(bool)}
	}
	return []setting{
		{name: "config", value: file(&c.config), help: "read settings from `FILE`, a TOML file"},

		{name: "addr", about: "Where it answers", inFile: true, value: addressValue{to: &c.addr}, help: "`ADDRESS` to answer at; beyond loopback it also takes accounts, and tls-cert or proxy"},
		{name: "public-url", inFile: true, value: originValue{&c.publicURL}, sample: "https://segue.example.org", help: "`URL` under which people open it: the only name it answers to beside this machine's own, and the one passkeys are made for"},
		{name: "tls-cert", inFile: true, value: file(&c.tlsCert), sample: "/etc/segue/cert.pem", help: "`FILE` with the certificate and its chain, PEM; it is read again when it changes, or on SIGHUP"},
		{name: "tls-key", inFile: true, value: file(&c.tlsKey), sample: "/etc/segue/key.pem", help: "`FILE` with the certificate's private key, PEM"},
		{name: "proxy", inFile: true, value: switchValue{&c.proxy}, help: "a reverse proxy stands in front and ends TLS; what it says of who asks is believed"},
		{name: "trusted-proxies", inFile: true, value: list(&c.trusted, "NETWORKS", "networks such as 10.0.0.0/8, separated by commas", checkPrefix), help: "`NETWORKS` whose X-Forwarded-For and X-Forwarded-Proto are believed, where proxy is on"},

		{name: "db", about: "What is kept", inFile: true, secret: true, value: file(&c.db), sample: "/var/lib/segue/segue.db", help: "database: a `FILE`, or postgres://USER@HOST/NAME (default: segue/segue.db in your configuration folder)"},
		{name: "db-file", inFile: true, held: "db", value: file(&c.dbFile), sample: "/run/secrets/segue_db", help: "`FILE` whose first line is the database, for a URL with a password in it"},
		{name: "key", flag: noFlag, secret: true, value: textValue{&c.key, longestSetting, "KEY"}, help: "`KEY` that encrypts a database file; a file is the better place for it"},
		{name: "key-file", inFile: true, held: "key", value: file(&c.keyFile), sample: "/run/secrets/segue_key", help: "`FILE` with the key of the database (default: the environment variable SEGUE_KEY, or no key)"},
		{name: "folder", inFile: true, value: file(&c.folder), sample: "/var/lib/segue", help: "`FOLDER` for what lies beside the database, of one process alone: uploads being read, tables that were brought (default: that of the database file; with PostgreSQL segue in your configuration folder)"},

		{name: "catalog", about: "What is heard", inFile: true, value: list(&c.catalogs, "F[,F…]", "names of files, separated by commas", nil), sample: "/srv/segue/tracks.parquet", help: "track tables: `F[,F…]`, CSV, CSV.gz or Parquet"},
		{name: "model", inFile: true, value: file(&c.model), sample: "/srv/segue/model-1a2b3c4d5e6f7081.json", help: "model that places the tracks of catalog: a `FILE` of 'segue train -o DIR' on it (default: the usual plane)"},
		{name: "campaign", inFile: true, value: file(&c.campaign), sample: "/etc/segue/october.json", help: "`FILE` of a campaign that frames shared cards"},
		{name: "seed", flag: sharedFlag, inFile: true, value: countValue{c.seed}, help: "seed of every random choice: the same `N` gives the same result"},

		{name: "accounts", about: "Whose pages", inFile: true, value: switchValue{&c.accounts}, help: "people sign in, each with pages of their own; without it everything is one person's, on this machine"},
		{name: "adapt", inFile: true, value: choiceValue{&c.adapt, []string{"on", "off"}}, help: "`on` or off: off keeps the adaptive loop from building any hour, whatever was chosen in the lab"},
		{name: "instance", inFile: true, value: textValue{&c.instance, longestInstance, "NAME"}, help: "`NAME` of this installation, as people and logs read it"},

		{name: "metrics-addr", about: "Watching it", inFile: true, value: addressValue{to: &c.metricsAddr, off: true}, sample: "127.0.0.1:9090", help: "`ADDRESS` to answer at with metrics for Prometheus, apart from the pages; off for none"},
		{name: "log-level", inFile: true, value: choiceValue{&c.logLevel, []string{"debug", "info", "warn", "error"}}, help: "`LEVEL` from which on things are logged, to standard error; requests are logged at info"},
		{name: "log-format", inFile: true, value: choiceValue{&c.logFormat, []string{"text", "json"}}, help: "`FORMAT` of log lines"},

		{name: "shutdown-grace", about: "Bounds", inFile: true, value: timeValue{&c.grace, 0, longestGrace}, help: "`TIME` from SIGTERM on in which it still answers, readyz apart, and imports may end: as long as a balancer takes to notice"},
		{name: "max-upload", inFile: true, value: sizeValue{&c.maxUpload, leastMaxUpload, mostMaxUpload}, help: "`SIZE` of the largest upload"},
		{name: "memory-budget", inFile: true, value: sizeValue{&c.memoryBudget, leastMemory, mostMemory}, help: "`SIZE` of what is computed of listeners and kept in memory, so as not to be computed again"},
	}
}

// settingMark marks the flags of settings, which are listed once and not at every
// command that takes them.
const settingMark = "segue_setting"

// flags adds the flags of the schema to a command. Their values go to c.
func (c *settings) flags(cmd *cobra.Command) {
	for _, s := range c.schema() {
		if s.flag != ownFlag {
			continue
		}
		f := cmd.Flags().VarPF(s.value, s.name, "", s.help)
		f.Annotations = map[string][]string{settingMark: nil}
		if _, ok := s.value.(switchValue); ok {
			f.NoOptDefVal = "true"
		}
		if s.value.Type() == "FILE" || s.name == "catalog" {
			_ = cmd.MarkFlagFilename(s.name)
		}
	}
}

// variable is the environment variable of a setting.
func (s setting) variable() string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// oneLineHelp is the help without the marks of the value's name.
func (s setting) oneLineHelp() string {
	_, text := pflag.UnquoteUsage(&pflag.Flag{Usage: s.help, Value: s.value})
	return text
}

// isLoopback reports whether only this machine reaches an address.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// networks returns the proxies that are believed; none without a proxy.
func (c *settings) networks() []netip.Prefix {
	if !c.proxy {
		return nil
	}
	var all []netip.Prefix
	for _, group := range c.trusted {
		for one := range strings.SplitSeq(group, ",") {
			if p, err := parsePrefix(strings.TrimSpace(one)); err == nil { // Set let no other in
				all = append(all, p)
			}
		}
	}
	return all
}
