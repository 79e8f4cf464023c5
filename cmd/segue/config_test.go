package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func none(string) bool { return false }

// settingsFrom reads an environment and the text of a file.
func settingsFrom(t *testing.T, environ []string, file string) (*settings, []error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "segue.toml")
		write(t, path, file)
		environ = append(slices.Clone(environ), "SEGUE_CONFIG="+path)
	}
	c := newSettings(new(uint64(1)))
	return c, c.read(none, environ)
}

// What is written in each way is read alike.
func TestSettingsRead(t *testing.T) {
	c, problems := settingsFrom(t, []string{"SEGUE_ADDR=[::1]:9000", "PATH=/bin", "SEGUE_KEY=", "SEGUE_TEST_POSTGRES=x"}, `
public-url = "https://Segue.Example.org/"
proxy = true
trusted-proxies = ["10.0.0.0/8", "192.0.2.7"]
catalog = ["a.csv", "b.csv"]
seed = 7
shutdown-grace = "1m30s"
max-upload = "2GB"
memory-budget = 268435456
`)
	if problems != nil {
		t.Fatal(problems)
	}
	got := fmt.Sprint(c.addr, c.publicURL, c.proxy, c.networks(), splitPaths(c.catalogs), *c.seed, c.grace, c.maxUpload, c.memoryBudget)
	if want := "[::1]:9000https://segue.example.orgtrue[10.0.0.0/8 192.0.2.7/32][a.csv b.csv]71m30s2000000000268435456"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("read %s,\nwant %s", got, want)
	}
}

// Every kind of mistake is a line that names where it is, and no mistake hides another.
func TestSettingsMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		file    string
		says    []string
	}{
		"an unknown variable":    {[]string{"SEGUE_METRIC_ADDR=x"}, "", []string{"SEGUE_METRIC_ADDR is no setting; did you mean SEGUE_METRICS_ADDR?"}},
		"an unknown key":         {nil, "tls_cert = \"x\"", []string{"segue.toml: tls_cert is no setting; did you mean tls-cert?"}},
		"a table":                {nil, "[addr]\nhost = \"x\"", []string{"addr is of the wrong kind"}},
		"a key that is a secret": {nil, "key = \"hunter2\"", []string{"segue.toml: key cannot be set in a file of settings; name a file with it as key-file"}},
		"no TOML":                {nil, "addr = \"127.0.0.1:80\"\ndb = postgres://u:hunter2@h/d", []string{"line 2, column "}},
		"a key twice":            {nil, "db = \"hunter2\"\ndb = \"hunter2\"", []string{"line 2, column 1"}},
		"a wrong value":          {[]string{"SEGUE_SHUTDOWN_GRACE=1h"}, "", []string{`SEGUE_SHUTDOWN_GRACE "1h" is not a time from 0s to 10m0s`}},
		"a wrong value below":    {[]string{"SEGUE_ADDR=127.0.0.1:1"}, "addr = \"80\"", []string{`segue.toml: addr "80" is no address`}},
		"bounds":                 {[]string{"SEGUE_MAX_UPLOAD=1kB", "SEGUE_MEMORY_BUDGET=9999999999GB"}, "", []string{"from 1MiB to 16GiB", "from 16MiB to 1TB"}},
		"networks":               {[]string{"SEGUE_TRUSTED_PROXIES=10.0.0.0/8, here"}, "", []string{"is no network"}},
		"an address with a path": {[]string{"SEGUE_PUBLIC_URL=https://example.org/segue"}, "", []string{"with no path"}},
		"a secret and its file":  {[]string{"SEGUE_DB=x", "SEGUE_DB_FILE=y"}, "", []string{"both SEGUE_DB and SEGUE_DB_FILE are set"}},
		"no such file":           {[]string{"SEGUE_CONFIG=nowhere.toml"}, "", []string{"nowhere.toml"}},
		"a control":              {[]string{"SEGUE_KEY=hunter2\a"}, "", []string{"SEGUE_KEY holds a control character"}},
		"all at once":            {[]string{"SEGUE_LOG_LEVEL=loud", "SEGUE_X=1"}, "seed = -1\nproxy = \"yes\"", []string{"debug, info, warn, error", "SEGUE_X", "a whole number", "true or false"}},
	} {
		_, problems := settingsFrom(t, c.environ, c.file)
		if len(problems) != len(c.says) {
			t.Errorf("%s: %d problems: %v", name, len(problems), problems)
		}
		said := fmt.Sprint(problems)
		for _, want := range c.says {
			if !strings.Contains(said, want) && !(want == "from 16MiB to 1TB" && strings.Contains(said, "from 16MiB to ")) {
				t.Errorf("%s: %s does not say %q", name, said, want)
			}
		}
		if strings.Contains(said, "hunter2") {
			t.Errorf("%s: a secret is told: %s", name, said)
		}
	}
}

// The nearest source that has a setting gives it, whatever the others say.
func TestSettingsPrecedence(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) string {
			return rapid.SampledFrom([]string{"", "postgres://db/one", "/srv/two.db", "three.db"}).Draw(t, label)
		}
		flag, env, file := draw("flag"), draw("environment"), draw("file")
		path := filepath.Join(dir, "segue.toml")
		text := ""
		if file != "" {
			text = fmt.Sprintf("db = %q\n", file)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c := newSettings(new(uint64))
		c.db, c.config = flag, path
		given := func(name string) bool { return name == "config" || name == "db" && flag != "" }
		if problems := c.read(given, []string{"SEGUE_DB=" + env}); problems != nil {
			t.Fatal(problems)
		}
		want, from := "", ""
		for _, one := range [][2]string{{flag, "--db"}, {env, "SEGUE_DB"}, {file, path + ": db"}} {
			if one[0] != "" {
				want, from = one[0], one[1]
				break
			}
		}
		if c.db != want || c.from["db"] != from {
			t.Fatalf("%q from %q, want %q from %q", c.db, c.from["db"], want, from)
		}
	})
}

// A secret in a file of its own counts where it is set nearer than the secret itself.
func TestSettingsHeld(t *testing.T) {
	held := filepath.Join(t.TempDir(), "db")
	write(t, held, "postgres://segue:hunter2@db/segue\nand more\n")
	for _, c := range []struct {
		environ []string
		file    string
		want    string
	}{
		{[]string{"SEGUE_DB_FILE=" + held}, "", "postgres://segue:hunter2@db/segue"},
		{[]string{"SEGUE_DB_FILE=" + held}, "db = \"far.db\"", "postgres://segue:hunter2@db/segue"},
		{[]string{"SEGUE_DB=near.db"}, fmt.Sprintf("db-file = %q", held), "near.db"},
		{nil, fmt.Sprintf("db-file = %q", held), "postgres://segue:hunter2@db/segue"},
	} {
		s, problems := settingsFrom(t, c.environ, c.file)
		db, err := s.database()
		if problems != nil || err != nil || db.path != c.want {
			t.Errorf("%v, %q: %q, %v, %v", c.environ, c.file, db.path, problems, err)
		}
	}
	// The commands beside serve find it, too, and a misspelt name leads them nowhere else.
	t.Setenv("SEGUE_DB_FILE", held)
	var d database
	if err := d.place(); err != nil || d.path != "postgres://segue:hunter2@db/segue" {
		t.Errorf("place: %q, %v", d.path, err)
	}
	t.Setenv("SEGUE_BD", "x")
	if code, _, stderr := segueRun("forget", "--yes"); code != 2 || !strings.Contains(stderr, "SEGUE_BD is no setting; did you mean SEGUE_DB?") {
		t.Errorf("a misspelt variable: exit %d, %s", code, stderr)
	}
}

// Settings that are each in order may not be so together.
func TestSettingsTogether(t *testing.T) {
	const house, people, tls, proxy, https = "SEGUE_ADDR=0.0.0.0:8080", "SEGUE_ACCOUNTS=true", "SEGUE_TLS_CERT=c SEGUE_TLS_KEY=k", "SEGUE_PROXY=true", "SEGUE_PUBLIC_URL=https://segue.example.org"
	for set, says := range map[string]string{
		"":                                       "",
		people:                                   "",
		people + " " + https + " " + proxy:       "",
		"SEGUE_PUBLIC_URL=http://localhost:8080": "",
		house + " " + people + " " + https + " " + tls:   "",
		house + " " + people + " " + https + " " + proxy: "",
		house:                                  "one person's pages",
		house + " " + people + " " + https:     "passwords must not travel in clear",
		house + " " + people + " " + tls:       "need public-url",
		https:                                  "nothing ends TLS",
		"SEGUE_PUBLIC_URL=http://10.0.0.1":     "no https address",
		"SEGUE_TLS_CERT=c":                     "go together",
		tls + " " + proxy + " " + https:        "end TLS",
		proxy:                                  "proxy needs public-url",
		"SEGUE_METRICS_ADDR=127.0.0.1:8080":    "one of its own",
		tls + " SEGUE_PUBLIC_URL=http://[::1]": "write https://",
	} {
		c, problems := settingsFrom(t, strings.Fields(set), "")
		if problems != nil {
			t.Fatal(problems)
		}
		said := ""
		if err := c.together().orNil(); err != nil {
			said = err.Error()
		}
		if says == "" && said != "" || !strings.Contains(said, says) {
			t.Errorf("%s: %q, want %q", set, said, says)
		}
	}
}

// certificate writes a certificate for a host, and its key.
func certificate(t *testing.T, dir, host string, from, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: from, NotAfter: until, BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	body, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	of, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, host+".pem"), filepath.Join(dir, host+".key")
	write(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: body})))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: of})))
	return cert, key
}

func TestSettingsCertificate(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2027, 5, 6, 0, 0, 0, 0, time.UTC)
	cert, key := certificate(t, dir, "segue.example.org", now.AddDate(0, -1, 0), now.AddDate(0, 2, 0))
	_, other := certificate(t, dir, "other.example.org", now, now.AddDate(1, 0, 0))
	for name, c := range map[string]struct {
		c    settings
		at   time.Time
		says string
	}{
		"in order":      {settings{tlsCert: cert, tlsKey: key, publicURL: "https://segue.example.org:8443"}, now, ""},
		"another's key": {settings{tlsCert: cert, tlsKey: other}, now, "belong together"},
		"no PEM":        {settings{tlsCert: key, tlsKey: key}, now, "belong together"},
		"no file":       {settings{tlsCert: cert, tlsKey: key + "x"}, now, "no such file"},
		"expired":       {settings{tlsCert: cert, tlsKey: key}, now.AddDate(0, 3, 0), "expired on 2027-07-06"},
		"not yet":       {settings{tlsCert: cert, tlsKey: key}, now.AddDate(-1, 0, 0), "valid from 2027-04-06"},
		"another host":  {settings{tlsCert: cert, tlsKey: key, publicURL: "https://else.example.org"}, now, "not for else.example.org"},
	} {
		err := c.c.checkCertificate(c.at)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The check prints what is in force and never a secret, one line a problem, and makes
// nothing.
func TestConfigCheck(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	t.Setenv("SEGUE_KEY", "hunter2")
	t.Setenv("SEGUE_DB", "postgres://segue:hunter2@127.0.0.1:1/segue?password=hunter2")
	code, out, stderr := segueRun("config", "check", "--json", "--log-level", "info")
	var v struct {
		Settings []settingView
		Problems []string
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != 0 || len(v.Problems) != 0 || stderr != "" {
		t.Fatalf("exit %d, %v, %v, %q", code, err, v.Problems, stderr)
	}
	shown := map[string]string{}
	for _, s := range v.Settings {
		shown[s.Name] = s.Value + " from " + s.From
	}
	for name, want := range map[string]string{"db": "set, postgres://127.0.0.1:1/segue from SEGUE_DB", "key": "set from SEGUE_KEY", "log-level": "info from --log-level", "addr": "127.0.0.1:8080 from default"} {
		if shown[name] != want {
			t.Errorf("%s: %q, want %q", name, shown[name], want)
		}
	}
	code, said, stderr := segueRun("config", "check", "--connect", "--campaign", filepath.Join(dir, "none.json"), "--catalog", dir+","+filepath.Join(dir, "none.csv"), "--proxy")
	if code != 2 || !regexp.MustCompile(`^(segue: .*\n){5}$`).MatchString(stderr) {
		t.Errorf("exit %d, %q", code, stderr)
	}
	for _, want := range []string{"proxy needs public-url", "campaign: ", "none.csv", "this is a folder", "db: "} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q does not say %q", stderr, want)
		}
	}
	if strings.Contains(out+said+stderr, "hunter2") {
		t.Error("a secret was printed")
	}
	t.Setenv("SEGUE_KEY", "")
	t.Setenv("SEGUE_DB", filepath.Join(dir, "deep", "segue.db"))
	if code, _, stderr := segueRun("config", "check", "--connect"); code != 0 {
		t.Errorf("a database to be made: exit %d, %s", code, stderr)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the check made %v", left)
	}
}

// The example holds every setting of a file, and with all of it taken in reads without
// a mistake: each default, or a sample of the right kind.
func TestConfigExample(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#([a-z-]+ = )`).ReplaceAllString(string(exampleFile()), "$1")
	var once []string // a secret and its file cannot both be set
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "db-file") {
			once = append(once, line)
		}
	}
	c, problems := settingsFrom(t, nil, strings.Join(once, ""))
	if problems != nil {
		t.Error(problems)
	}
	for _, s := range c.schema() {
		if s.inFile && s.name != "db-file" && c.from[s.name] == "" {
			t.Errorf("%s is not in the example", s.name)
		}
	}
}

// Sizes are written as they are read.
func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1": 1, "999": 999, "1kB": 1000, "1KiB": 1024, "512MiB": 512 << 20, "2GB": 2e9, "1500MB": 1_500_000_000, " 3 GB": 3e9} {
		var got int64
		if err := (sizeValue{&got, 0, 1 << 40}).Set(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "GB", "-1", "1.5GB", "1 gb", "99999999999999999999", "2000GiB", "0x10"} {
		if err := (sizeValue{new(int64), 0, 1 << 40}).Set(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "n")
		var got int64
		if err := (sizeValue{&got, 0, 1 << 40}).Set(sizeWords(n)); err != nil || got != n {
			t.Fatalf("%d as %s: %d, %v", n, sizeWords(n), got, err)
		}
	})
}
