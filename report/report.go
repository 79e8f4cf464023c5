package report

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"

	"segue/chart"
	"segue/recommend"
)

//go:embed report.css
var pageStyle string

// Write writes what r holds as one HTML file, about 300 kB of which half are
// fonts. Chapters for which r has nothing are left out. The same result gives
// the same bytes; timings are part of a result.
//
// The only errors are w's. Write panics if r has no Music or no Summary: there
// is no report without a catalogue.
func Write(w io.Writer, r *recommend.Result) error {
	if r.Music == nil || r.Summary == nil {
		panic("report: Write needs a result with Music and Summary")
	}
	return page(r, listenerOf(r), sheet()).Render(context.Background(), w)
}

// A styleSheet is the page's one style element and the policy that admits it
// and nothing else.
type styleSheet struct{ css, policy string }

// sheet puts fonts, tokens, charts and page into one style sheet. The policy
// names its hash, so that no other style, inline or not, is applied.
func sheet() styleSheet {
	css := chart.Fonts() + chart.Style() + chart.Page() + pageStyle
	sum := sha256.Sum256([]byte(css))
	return styleSheet{css, "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"}
}

// icon is the page's sign as a data URL.
const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 26 26'%3E%3Ccircle cx='13' cy='13' r='13' fill='%23f8f6f1'/%3E%3Cpath d='M5 8.5c8 0 7 9.5 16 9.5' fill='none' stroke='%231d2330' stroke-width='2.4' stroke-linecap='round'/%3E%3Ccircle cx='5' cy='8.5' r='2.6' fill='%231d2330'/%3E%3Ccircle cx='21' cy='18' r='2.6' fill='%231d2330'/%3E%3C/svg%3E"
