package store

import "time"

// How much of what people type, and of what programs hand over, is kept at
// most. (d)
const (
	mostName       = 200      // bytes of a name
	mostNote       = 2000     // bytes of a note
	mostPHC        = 500      // bytes of a hashed password
	mostCredential = 64 << 10 // bytes of a passkey's JSON
	mostKeyID      = 1400     // bytes of a passkey's id: WebAuthn allows 1023, in base64
	mostListed     = 500      // entries of a list that is read page by page
)

// never returns the stamp of what has not happened: the zero time.
func never() int64 { return stamp(time.Time{}) }

// checkText refuses a text that is too long. What no database can hold in it is
// mended when it is stored (text).
func checkText(what, s string, most int) error {
	if len(s) > most {
		return invalid("%s is longer than %d bytes", what, most)
	}
	return nil
}

// checkBytes refuses bytes that are too many.
func checkBytes(what string, b []byte, most int) error {
	if len(b) > most {
		return invalid("%s is larger than %d bytes", what, most)
	}
	return nil
}

// checkTimes refuses times that calendars and JSON cannot write.
func checkTimes(what string, all ...time.Time) error {
	for _, t := range all {
		if err := checkTime(what, t); err != nil {
			return err
		}
	}
	return nil
}

// blob is bytes as a column that is never NULL holds them.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// page is how many entries of a list are read at once when so many are asked
// for.
func page(limit int) int64 {
	if limit < 1 || limit > mostListed {
		limit = mostListed
	}
	return int64(limit)
}

// What is not one listener's has a name, under which its writes take turns as
// those of a listener do (writeOf): accounts and invitations, for an admin is
// counted and an invitation used once; numbers given in order; claims.
const (
	ofAccounts   = "accounts"
	ofChallenges = "challenges"
	ofClaims     = "claims"
	ofVersions   = "versions"
	ofEvents     = "events"
	ofExpired    = "expired"
)
