package store

import (
	"context"
)

// A person is all that is stored of a listener. Export writes one, Restore
// reads one, Copy carries one over: what is added to the schema is added here,
// and a test compares this with the tables.
type person struct {
	listener    Listener
	consents    []Consent
	imports     []Import
	plays       []keptPlay
	sums        []HourSum
	checkIns    []CheckIn
	hours       []Hour
	reflections []Reflection
	cards       []card
	shares      []Share
	records     []Record
	trials      []Trial
	corrections []Correction
	account     *accountRow // only to be read: nil if there is none
}

// loadPerson reads all of a listener, as it is at one moment.
func loadPerson(ctx context.Context, c *conn, id string) (p *person, err error) {
	p = new(person)
	if p.listener, err = first(ctx, c, scanListener, "SELECT "+listenerAll+" FROM listeners WHERE id = $1", id); err != nil {
		return nil, err
	}
	for _, load := range []func() error{
		func() error { p.consents, err = consentLog(ctx, c, id); return err },
		func() error { p.imports, err = listImports(ctx, c, id); return err },
		func() error { p.plays, err = listKept(ctx, c, allPlays, id); return err },
		func() error { p.sums, err = listSums(ctx, c, id); return err },
		func() error { p.checkIns, err = listCheckIns(ctx, c, id); return err },
		func() error { p.hours, err = listHours(ctx, c, id); return err },
		func() error { p.reflections, err = listReflections(ctx, c, id); return err },
		func() error { p.cards, err = listCards(ctx, c, id); return err },
		func() error { p.shares, err = listShares(ctx, c, id); return err },
		func() error { p.records, err = listRecords(ctx, c, id); return err },
		func() error { p.trials, err = listTrials(ctx, c, id); return err },
		func() error { p.corrections, err = listCorrections(ctx, c, id); return err },
		func() error { p.account, err = loadAccount(ctx, c, id); return err },
	} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// person reads all of a listener for an operation.
func (s *Store) person(ctx context.Context, doing, listener string) (p *person, err error) {
	err = s.read(ctx, doing, func(ctx context.Context, c *conn) (err error) {
		p, err = loadPerson(ctx, c, listener)
		return err
	})
	return p, err
}

// save puts the person in place of what is stored of their id. Versions of
// hours stay as they are.
func (p *person) save(ctx context.Context, c *conn) error {
	id := p.listener.ID
	packed, err := packKept(p.plays)
	if err != nil {
		return err
	}
	if err := deletePerson(ctx, c, id); err != nil {
		return err
	}
	return steps(
		func() error { return saveListener(ctx, c, p.listener) },
		func() error { return every(p.consents, func(v Consent) error { return addConsent(ctx, c, id, v) }) },
		func() error { return addImports(ctx, c, id, p.imports) },
		func() error { return packed.insert(ctx, c, id) },
		func() error { return packed.count(ctx, c, id) },
		func() error { return saveSums(ctx, c, id, p.sums) },
		func() error { return every(p.checkIns, func(v CheckIn) error { return addCheckIn(ctx, c, id, v) }) },
		func() error { return every(p.hours, func(v Hour) error { return addHour(ctx, c, id, v) }) },
		func() error {
			return every(p.reflections, func(v Reflection) error { return saveReflection(ctx, c, id, v) })
		},
		func() error { return every(p.cards, func(v card) error { return addCard(ctx, c, id, v) }) },
		func() error { return every(p.shares, func(v Share) error { return addShare(ctx, c, v) }) },
		func() error { _, err := addRecords(ctx, c, id, p.records); return err },
		func() error { return every(p.trials, func(v Trial) error { return addTrial(ctx, c, id, v) }) },
		func() error {
			return every(p.corrections, func(v Correction) error { return addCorrection(ctx, c, id, v) })
		},
	)
}

func every[T any](all []T, do func(T) error) error {
	for _, v := range all {
		if err := do(v); err != nil {
			return err
		}
	}
	return nil
}

// deletePerson deletes a listener; everything else goes with the row.
func deletePerson(ctx context.Context, c *conn, id string) error {
	if err := deletePlays(ctx, c, id); err != nil { // faster than row by row
		return err
	}
	_, err := c.exec(ctx, "DELETE FROM listeners WHERE id = $1", id)
	return err
}

// Copy carries everything of a listener over into another store, in place of
// what is there of that id: for instance from memory to a file once the
// listener has consented. The original stays.
func (s *Store) Copy(ctx context.Context, listener string, to *Store) error {
	const doing = "copy the listener"
	p, err := s.person(ctx, doing, listener)
	if err != nil {
		return err
	}
	return to.removeOf(ctx, listener, doing, p.save)
}

// Forget deletes everything of a listener and leaves no byte of it in the
// files of the database: deleted cells are overwritten, the file is written
// anew and the log cut to nothing before Forget returns. With the last
// listener the counts of shares go as well, and the file is as new. Jobs the
// listener asked for and answers kept for them go, an account stays (see
// DeleteAccount). Forgetting whom nobody knows is no error.
//
// Blocks a file system has already given up, backups, and exports are beyond
// its reach.
func (s *Store) Forget(ctx context.Context, listener string) error {
	return s.remove(ctx, "forget the listener", func(ctx context.Context, c *conn) error { return forget(ctx, c, listener) })
}

func forget(ctx context.Context, c *conn, listener string) error {
	if err := deletePerson(ctx, c, listener); err != nil {
		return err
	}
	for _, query := range []string{"DELETE FROM answers WHERE account = $1", "DELETE FROM jobs WHERE owner = $1"} {
		if _, err := c.exec(ctx, query, listener); err != nil {
			return err
		}
	}
	left, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM listeners")
	if err != nil || left > 0 {
		return err
	}
	_, err = c.exec(ctx, "DELETE FROM share_counts")
	return err
}
