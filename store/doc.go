// Package store keeps what belongs to a person, in SQL: who they are to Segue,
// what they allowed, what they heard, how they said they felt, the hours made
// for them and what they said of those, and the cards they shared. Catalogues
// and models are not here; they are files.
//
// # One file
//
// A Store is one SQLite file, or a database in memory of which nothing ever
// reaches a disk. Everything hangs on a listener: every table is keyed by
// them, whether there is one or are many, and goes with them.
//
// Two kinds of connection work on it. Readers run side by side, each on the
// state of the database at its beginning. One goroutine writes. While it waits
// for the disk, further writes gather, and the next transaction takes them all:
// they share one wait, which is what a durable write costs. Each stands in a
// savepoint of its own, so that one's failure undoes nothing of its
// neighbours. A transaction that fails as a whole, because the disk is full, is
// tried again write by write. A write that returned nil is on the disk; of one
// that returned an error nothing is there.
//
// # Text of queries
//
// Every query is text that SQLite and PostgreSQL both take: parameters $1, $2
// in the order of their first appearance (SQLite numbers them so), ON
// CONFLICT, booleans as booleans, times as whole milliseconds, JSON
// and ids as text. There is no layer for dialects. What only SQLite knows (how
// a file is opened, encrypted, swept, and what its errors mean) is in sqlite.go,
// file.go, backup.go and schema.go.
//
// The schema is in migrations, each applied once and in one transaction. A file
// that a newer Segue wrote is left as it is.
//
// # Encryption
//
// With a key every page, of the file, of its log and of its backups, is
// encrypted (Adiantum; the key stretched with Argon2id). Whoever sees the file
// several times can see which blocks changed, and a file could be put back to
// an older one: it keeps readers out, not forgers. The salt of the stretching is
// the same for all, so that nothing but the key is needed; a long random key is
// worth more than a phrase. A lost key is a lost file.
//
// # Deleting
//
// What is deleted is overwritten (secure_delete); what moving pages left
// between cells goes with a VACUUM; the log is emptied and cut to nothing: all
// before a deletion returns. A test looks through every byte of every file for
// a word that was there. What a disk keeps below its file system, and copies
// made by whoever, are beyond it.
//
// Plays know the import that first brought them, so that letting old ones go
// (Reduce) keeps newer ones, however exports overlap.
//
// # Taking it along
//
// Export writes everything of a listener as one ZIP, the same bytes for the
// same data: JSON lines that people read, plays named as in Spotify's extended
// streaming history, so that package history reads them too. Restore takes it
// back, whole or not at all, and trusts nothing about it.
//
// # A service
//
// Where many people sign in, the store also keeps accounts, how each signs in, and
// what outlives a process: jobs, answers to requests that may come again, chosen
// versions of models and trees, and what admins did. An account has the id of its
// listener and does not hang on it: either may be there without the other, Forget
// leaves the account, DeleteAccount takes both. Of cookies, invitations and tokens
// only hashes are here, of passkeys public keys. What must not happen twice — the
// last admin stepping down, an invitation or a challenge used, a job claimed — is
// decided within the write. Everything has a largest size and a largest number; what
// has expired counts no more, and DropExpired deletes it.
//
// GroupSums is all that anybody sees of many listeners together.
//
// # Errors
//
// Errors say what and what to do, and never what was stored: SQLite's own
// words are left out, since they may quote it.
package store
