package store

import "context"

// DropUncovered deletes what a purpose covers of a listener who does not agree to
// it, and reports whether there was anything. It looks at the consent and deletes in
// one step, so that it may run while another process takes a consent: if that is
// stored before what it covers, none of it is lost.
func (s *Store) DropUncovered(ctx context.Context, listener string, p Purpose) (dropped bool, err error) {
	const doing = "delete what no consent covers"
	drop, holds := dropPlays, "SELECT (SELECT COUNT(*) FROM imports WHERE listener = $1) + (SELECT COUNT(*) FROM hour_sums WHERE listener = $1)"
	switch p {
	case Plays:
	case CheckIns:
		drop, holds = dropCheckIns, "SELECT (SELECT COUNT(*) FROM check_ins WHERE listener = $1) + (SELECT COUNT(*) FROM hours WHERE listener = $1) + (SELECT COUNT(*) FROM records WHERE listener = $1) + (SELECT COUNT(*) FROM trials WHERE listener = $1)"
	case Taste:
		drop, holds = dropCorrections, "SELECT COUNT(*) FROM corrections WHERE listener = $1"
	default:
		return false, nil // it covers nothing that is stored
	}
	uncovered := func(ctx context.Context, c *conn) (bool, error) {
		log, err := consentLog(ctx, c, listener)
		if err != nil {
			return false, err
		}
		for i := len(log) - 1; i >= 0; i-- {
			if log[i].Purpose == p {
				if log[i].Given {
					return false, nil
				}
				break
			}
		}
		n, err := first(ctx, c, scanCount, holds, listener)
		return n > 0, err
	}
	// To delete sweeps the files, so it is asked first whether there is anything.
	err = s.read(ctx, doing, func(ctx context.Context, c *conn) error {
		dropped, err = uncovered(ctx, c)
		return err
	})
	if err != nil || !dropped {
		return false, err
	}
	err = s.removeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		still, err := uncovered(ctx, c)
		if dropped = still; err != nil || !still {
			return err
		}
		return drop(ctx, c, listener)
	})
	return dropped, err
}
