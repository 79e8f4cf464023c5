package main

import (
	"fmt"
	"io"

	"segue/recommend"

	"github.com/spf13/cobra"
)

func profileCommand(t *terminal) *cobra.Command {
	var histories, catalogs []string
	var zone, felt, model string
	cmd := &cobra.Command{
		Use:   "profile --catalog F --history F",
		Short: "Describe how somebody listens: usual mood, habits, persona, with reasons",
		Long: `Describe the listening of a history: the usual mood with its interval, habits and
rhythm, the persona with the path that led there and what would change it, and what
there is to offer, with its reason. Each part needs enough listening: below that it
is null, and 'gates' says what is missing. It describes the music, not the person.`,
		Example: "  segue profile --catalog catalog.parquet --history my_spotify_data.zip --tz Europe/Lisbon",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			loc, err := parseZone(zone)
			if err != nil {
				return err
			}
			corrections, err := readTaste(felt)
			if err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			c, read, err := t.readCatalog(cmd.Context(), catalogs, progress)
			if err != nil {
				return err
			}
			plays, _, err := t.readHistory(cmd.Context(), histories, progress)
			if err != nil {
				return err
			}
			m, err := place(c, model)
			if err != nil {
				return inCatalogue(err, catalogs, read)
			}
			if m, err = t.feltAs(cmd.Context(), m, corrections); err != nil {
				return err
			}
			l, err := t.listen(cmd.Context(), m, plays, recommend.ListenOptions{Location: loc, Seed: t.seed})
			if err != nil {
				return err
			}
			p, err := recommend.ProfileOf(cmd.Context(), l, recommend.ProfileOptions{Seed: t.seed})
			if err != nil {
				return err
			}
			done()
			t.noteZone(cmd)
			return t.print(p, func(w io.Writer) { profileText(w, p) })
		},
	}
	catalogFlag(cmd, &catalogs)
	historyFlag(cmd, &histories)
	zoneFlag(cmd, &zone)
	tasteFlag(cmd, &felt)
	modelFlag(cmd, &model)
	return cmd
}

func profileText(w io.Writer, p *recommend.Profile) {
	fmt.Fprintf(w, "\nThe catalogue knows %s of the plays, %s of the time and %s of the distinct tracks.\n", percent(p.Coverage.Plays), percent(p.Coverage.Time), percent(p.Coverage.Tracks))
	if u := p.Usual; u.Known && u.Mood != nil {
		fmt.Fprintf(w, "Usual mood of the music: %s, valence %s (%s–%s), arousal %s (%s–%s), over %s sessions.\n", u.Mood,
			number(u.Valence.Value, 2), number(u.Valence.Lo, 2), number(u.Valence.Hi, 2),
			number(u.Arousal.Value, 2), number(u.Arousal.Lo, 2), number(u.Arousal.Hi, 2), thousands(u.Sessions))
		if u.LowCoverage {
			fmt.Fprintf(w, "Only %s of the listening time could be placed, so this may not be the whole picture.\n", percent(u.Coverage))
		}
	}
	if q := p.Persona; q != nil {
		fmt.Fprintf(w, "Persona: %s", q.Name)
		if q.Confidence.Known() {
			fmt.Fprintf(w, " — %s", q.Words)
		}
		fmt.Fprintf(w, "\n  %s\n", q.Line)
		for _, s := range q.Path {
			fmt.Fprintf(w, "  · %s\n", s.Text)
		}
		if q.Counterfactual != nil {
			fmt.Fprintf(w, "  %s\n", q.Counterfactual.Text)
		}
	}
	fmt.Fprintf(w, "Offer: %s. %s\n", p.Offer.Title, p.Offer.Text)
	for _, g := range p.Gates {
		if !g.Open {
			fmt.Fprintf(w, "Still learning: %s, %d of %d so far.\n", g.Name, g.Have, g.Need)
		}
	}
}
