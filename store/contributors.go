package store

import "context"

// PlaysContributors returns the listeners who allow both Plays and Research, invented ones
// apart, and of whom plays are stored: in the order in which they allowed Research. It is
// for sums over many; whoever shows them withholds what rests on few.
func (s *Store) PlaysContributors(ctx context.Context) (who []string, err error) {
	err = s.read(ctx, "find whose plays count", func(ctx context.Context, c *conn) error {
		who, err = list(ctx, c, scanContributor, `WITH `+presentConsents+`
			SELECT listener, MAX(CASE WHEN purpose = $1 THEN at_ms END) AS since FROM present
			WHERE purpose IN ($1, $2) AND EXISTS (SELECT 1 FROM plays AS p WHERE p.listener = present.listener)
			GROUP BY listener HAVING COUNT(*) = 2 ORDER BY since, listener`, string(Research), string(Plays))
		return err
	})
	return who, err
}
