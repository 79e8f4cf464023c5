package survey

import "embed"

//go:embed study/*.json study/*.csv
var studyFiles embed.FS

// A StudyPart is a questionnaire with answers.
type StudyPart struct {
	Name    string // of its files, without ending
	Survey  []byte // JSON
	Answers []byte // CSV
}

// Study returns the interviews and questions of the study that Segue began with: 4 of
// 5, 4 of 7, 6 of 7, and 7 of 30 who disliked it. The counts are the study's. The wording
// is ours, and which respondent gave which answer is not known: the rows are the counts
// written out.
func Study() []StudyPart {
	var parts []StudyPart
	for _, name := range []string{"interview", "questionnaire", "liking"} {
		read := func(file string) []byte {
			b, err := studyFiles.ReadFile("study/" + file)
			if err != nil {
				panic("survey: " + err.Error())
			}
			return b
		}
		parts = append(parts, StudyPart{name, read(name + ".json"), read(name + ".csv")})
	}
	return parts
}
