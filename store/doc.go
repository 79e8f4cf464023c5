// Package store keeps what belongs to a person, in SQL: who they are to Segue,
// what they allowed, what they heard, how they said they felt, the hours made
// for them and what they said of those, and the cards they shared. Catalogues
// and models are not here; they are files.
//
// # Two databases
//
// A Store is one SQLite file, a database in memory of which nothing ever
// reaches a disk, or a database of a PostgreSQL that several processes share.
// Everything of a person hangs on a listener: their tables are keyed by them,
// whether there is one or are many, and go with them.
//
// Two kinds of connection work on it. Readers run side by side, each on the
// state of the database at its beginning. Writes pass through goroutines: one
// for a file, a few for PostgreSQL. While one waits for the disk, further
// writes gather, and the next transaction takes them all: they share one wait,
// which is what a durable write costs. Each stands in a savepoint of its own,
// so that one's failure undoes nothing of its neighbours. A transaction that
// fails as a whole, because the disk is full, is tried again write by write. A
// write that returned nil is on the disk; of one that returned an error nothing
// is there, unless the error says that it is not known (see below).
//
// # Each write as if alone
//
// What a write reads, nobody changes until it is done. A file gives that to one
// transaction at a time. On PostgreSQL a transaction first takes advisory locks,
// all at once and in one order: a shared one on everything and one on each
// listener it is about (writeOf), or, where it is about no one listener, one on
// everything for itself (write). So writes for different listeners go on beside
// each other, in one process and in many, and those for the same listener queue
// up: versions count on, numbers have no gap, an import merges with what the one
// before left. What of the service is no listener's takes turns under a name in
// a listener's place. A lock is waited for half a minute, then the write
// returns ErrBusy.
//
// Why not SERIALIZABLE: PostgreSQL finds conflicts by pages, so that imports of
// two strangers would cross each other, and what crosses runs again: an import of
// 60,000 plays that ends when small writes leave it a pause may never end. Locks
// cost one question more in a transaction, and no write is ever run for nothing.
// Whoever writes to the database beside Segue does not know them, and must not.
//
// A server that goes away makes every call return ErrGone: within seconds where it
// is known to be gone, within two minutes where it only says nothing. Nothing is
// tried again behind the caller's back, and the next call connects anew. If it
// went while a write was being committed, the error says that the outcome is not
// known: whoever cares reads it back.
//
// Connections are few (Options.Connections) and end after half an hour; pgx
// prepares each statement once on each, and Warm opens them all before the first is
// needed. A server that was set to commit without waiting for its disk is told to
// wait. PgBouncer works between them only where it hands out sessions.
//
// # Text of queries
//
// Every query is text that SQLite and PostgreSQL both take: parameters $1, $2
// in the order of their first appearance (SQLite numbers them so), ON
// CONFLICT, booleans as booleans, times as whole milliseconds, JSON
// and ids as text, and one error ends a transaction. There is no layer for
// dialects. What only one of them knows is behind the interface engine: how it
// is opened, migrated, locked, swept, and what its errors mean, for SQLite in
// sqlite.go, file.go, full.go and backup.go, for PostgreSQL in postgres.go.
// Texts sort by their bytes in both: in PostgreSQL every column says so.
//
// The schema is in migrations, each applied once and in one transaction, by one
// process however many start. A database that a newer Segue wrote is left as it
// is, and so is one that holds another program's tables. CopyAll moves
// everything from one to another; the same listener exports the same bytes from
// each.
//
// # Consents
//
// With Options.Consents a write looks, in its own transaction, whether what it
// keeps was agreed to, and taking a consent back deletes what it covered in the
// same one. Else a process that looked up a consent could write by it after
// another one took it back.
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
// In a file, what is deleted is overwritten (secure_delete); what moving pages
// left between cells goes with a VACUUM; the log is emptied and cut to nothing:
// all before a deletion returns. A test looks through every byte of every file
// for a word that was there. What a disk keeps below its file system, and copies
// made by whoever, are beyond it.
//
// A VACUUM writes the file anew, and nobody else writes meanwhile. Above 64 MB
// (Options.SweepAbove) a deletion therefore does all of that but the VACUUM,
// which is due from then on: it is made when nobody has written for a minute, and
// within an hour (Options.Sweep) in any case, once for all deletions; a file bears
// a mark until it is, so that another process does it if this one ends. Until
// then somebody who reads the raw file may find pieces of what was deleted, in
// pages it was once moved from; no query does. Unswept says whether that is so,
// Sweep does it at once, and Erasure says which of these a database gives.
//
// In a PostgreSQL, what is deleted is found by no query from then on. When its
// server writes over the bytes is for its vacuum, and what its log, its replicas
// and its backups keep of them for whoever runs it. Nothing more is promised.
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
// Errors say what and what to do, and never what was stored: the databases' own
// words are left out, since they may quote it, or a password.
package store
