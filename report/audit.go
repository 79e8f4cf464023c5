package report

import (
	"context"
	"io"

	"segue/recommend"
)

// WriteAudit writes an audit as one HTML file: what was joined, how far models agree with
// people, whether their probabilities mean what they say, by mood and genre, and what it
// does not say. It holds no label of any track. The same audit gives the same bytes. The
// only errors are w's.
func WriteAudit(w io.Writer, a *recommend.Audit) error {
	return auditPage(a, sheet()).Render(context.Background(), w)
}

// auditChapters lists the chapters of an audit in order.
func auditChapters(a *recommend.Audit) []link {
	out := []link{{"labels", "The labels"}}
	if a.Named > 0 {
		out = append(out, link{"agreement", "Agreement"}, link{"moods", "By mood"})
	}
	if a.Placed > 0 {
		out = append(out, link{"places", "Places"})
	}
	if a.Named > 0 {
		out = append(out, link{"calibration", "Calibration"})
	}
	if len(a.Genres) > 0 {
		out = append(out, link{"genres", "By genre"})
	}
	return append(out, link{"limits", "Limits"})
}
