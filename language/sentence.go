package language

import "strings"

// Words writes a small whole number in words, as a sentence begins: "Sixteen".
func (t *Tongue) Words(n int) string {
	names := [...]string{
		Text("No"), Text("One"), Text("Two"), Text("Three"), Text("Four"), Text("Five"), Text("Six"), Text("Seven"), Text("Eight"), Text("Nine"), Text("Ten"),
		Text("Eleven"), Text("Twelve"), Text("Thirteen"), Text("Fourteen"), Text("Fifteen"), Text("Sixteen"), Text("Seventeen"), Text("Eighteen"), Text("Nineteen"), Text("Twenty"),
	}
	if n >= 0 && n < len(names) {
		return t.Say(names[n])
	}
	return t.Count(n)
}

// Upper makes the first letter of a text a capital and its apostrophes round.
func Upper(s string) string {
	s = strings.ReplaceAll(s, "'", "’")
	for _, r := range s {
		first := string(r)
		return strings.ToUpper(first) + s[len(first):]
	}
	return s
}

// List joins names as a sentence does: "a, b and c".
func (t *Tongue) List(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return t.Say("%s and %s", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}
