package account

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params are the costs of one Argon2id hash.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8  // lanes
}

// Recommended returns 19 MiB, two passes, one lane: of the settings that the OWASP
// Password Storage Cheat Sheet calls equally strong, one that needs little memory,
// since several people may sign in at once on a small machine. A hash takes about
// 30 ms of a core.
func Recommended() Params { return Params{Memory: 19456, Time: 2, Threads: 1} }

// Sizes of new hashes, as RFC 9106, section 4, recommends them.
const (
	saltBytes = 16
	keyBytes  = 32
)

// What a stored hash may ask for. The text comes from a database, which may have
// been restored from anywhere: a hash of the largest memory and time that is still
// computed takes 256 MiB for some seconds.
const (
	maxMemory  = 256 << 10 // KiB
	maxTime    = 16
	maxThreads = 16
	maxWork    = 1 << 20 // KiB times passes
	minSalt    = 8       // bytes, RFC 9106, section 3.1
	minKey     = 16      // bytes; RFC 9106 allows 4, which could be met by chance
	maxBytes   = 64      // of salt and of key
	maxPHC     = 256     // characters
)

// ErrPHC says that a stored password is no Argon2id hash that Segue computes.
var ErrPHC = errors.New("the stored password cannot be read; set a new one")

// ok reports whether the costs are ones that Segue computes: 8 KiB a lane at
// least, as RFC 9106 wants it, and no more than the bounds above.
func (p Params) ok() bool {
	return 1 <= p.Threads && p.Threads <= maxThreads && 1 <= p.Time && p.Time <= maxTime &&
		8*uint32(p.Threads) <= p.Memory && p.Memory <= maxMemory && uint64(p.Memory)*uint64(p.Time) <= maxWork
}

// A phc is a stored password taken apart, as the Password Hashing Competition
// writes one: $argon2id$v=19$m=…,t=…,p=…$salt$key.
type phc struct {
	Params
	salt, key []byte
}

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.Memory, h.Time, h.Threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

// parsePHC reads what String writes and nothing else: each hash has one text.
func parsePHC(s string) (phc, error) {
	if len(s) > maxPHC {
		return phc{}, ErrPHC
	}
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, ErrPHC
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return phc{}, ErrPHC
	}
	m, okM := cost(costs[0], "m=")
	t, okT := cost(costs[1], "t=")
	p, okP := cost(costs[2], "p=")
	if !okM || !okT || !okP || p > maxThreads {
		return phc{}, ErrPHC
	}
	h := phc{Params: Params{Memory: m, Time: t, Threads: uint8(p)}}
	var okSalt, okKey bool
	h.salt, okSalt = field(parts[4], minSalt)
	h.key, okKey = field(parts[5], minKey)
	if !okSalt || !okKey || !h.ok() {
		return phc{}, ErrPHC
	}
	return h, nil
}

// cost reads a whole number behind its name, written without a sign or a zero in
// front.
func cost(s, name string) (uint32, bool) {
	digits, ok := strings.CutPrefix(s, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), ok && err == nil && strconv.FormatUint(n, 10) == digits
}

// field reads salt or key: base64 without padding or stray bits.
func field(s string, least int) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") { // which encoding/base64 would skip
		return nil, false
	}
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return b, err == nil && least <= len(b) && len(b) <= maxBytes
}
