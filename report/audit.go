package report

import (
	"context"
	"io"

	"segue/audit"
	"segue/mood"
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

// drawn are the models whose confusion matrix is shown: the reference, the supervised
// and saved ones.
func drawn(a *recommend.Audit) []*audit.Model {
	var out []*audit.Model
	known := map[string]bool{mood.GMM: true, mood.FCM: true, recommend.AuditHalves: true, recommend.AuditMedians: true, recommend.AuditPlane: true, recommend.AuditSupervisedRaw: true, audit.Majority: true}
	for i := range a.Models {
		if !known[a.Models[i].Name] {
			out = append(out, &a.Models[i])
		}
	}
	return out
}

// calibrated are the models with probabilities.
func calibrated(a *recommend.Audit) []*audit.Model {
	var out []*audit.Model
	for i := range a.Models {
		if a.Models[i].Calibration != nil {
			out = append(out, &a.Models[i])
		}
	}
	return out
}
