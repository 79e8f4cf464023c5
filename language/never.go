package language

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// The words that no text may use, as regular expressions: Segue describes music and
// listening, never a person's health. (docs/science.md §8)
const (
	NeverInEnglish = `(?i)depress\w*|\bdisorder\w*|\bsymptom\w*|\bdiagnos\w*|\bpatients?\b|\bunstable\b|\bmental[ -]+(?:state|health|illness)\w*|\brisk[ -]+scores?\b|\btreat(?:s|ments?|ing)\b|\b\w*therap\w*|\bproven\b|\bcures?\b`

	// In Vietnamese they are whole syllables, of small letters whose marks are not
	// written apart (NFC).
	NeverInVietnamese = `(?:^|[^\pL\pM])(trầm cảm|rối loạn|triệu chứng|chẩn đoán|chuẩn đoán|bệnh|điều trị|chữa|trị liệu|liệu pháp|tâm thần|bất ổn|trạng thái tinh thần|sức kh(?:ỏe|oẻ) tinh thần|điểm (?:nguy cơ|rủi ro)|được chứng minh)(?:[^\pL\pM]|$)`
)

var never = sync.OnceValue(func() [2]*regexp.Regexp {
	return [2]*regexp.Regexp{regexp.MustCompile(NeverInEnglish), regexp.MustCompile(NeverInVietnamese)}
})

// Never returns the first word of a text that none may use, in whichever language,
// and empty if there is none. It knows no exceptions: the passages in Segue's own
// texts that deny a claim are the business of their test.
func Never(text string) string {
	text = strings.Join(strings.Fields(norm.NFC.String(text)), " ")
	if w := never()[0].FindString(text); w != "" {
		return w
	}
	if m := never()[1].FindStringSubmatch(strings.ToLower(text)); m != nil {
		return m[1]
	}
	return ""
}
