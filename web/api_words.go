package web

import (
	"regexp"
	"strings"
	"sync"

	"segue/language"

	"github.com/danielgtaylor/huma/v2/validation"
)

// What huma says of a value that does not fit stands in English in its messages.
// faults lists those that the description can give rise to, each with how we say it.
func faults() [][2]string {
	return [][2]string{
		{validation.MsgUnexpectedProperty, language.Text("there is no such field")},
		{validation.MsgExpectedRequiredProperty, language.Text("the field %s is missing")},
		{validation.MsgExpectedBoolean, language.Text("true or false is needed")},
		{validation.MsgExpectedNumber, language.Text("a number is needed")},
		{validation.MsgExpectedInteger, language.Text("a whole number is needed")},
		{validation.MsgExpectedString, language.Text("text is needed")},
		{validation.MsgExpectedArray, language.Text("a list is needed")},
		{validation.MsgExpectedObject, language.Text("an object is needed")},
		{validation.MsgExpectedOneOf, language.Text("one of these is needed: %s")},
		{validation.MsgExpectedMinimumNumber, language.Text("at least %s is needed")},
		{validation.MsgExpectedMaximumNumber, language.Text("at most %s may be")},
		{validation.MsgExpectedMinLength, language.Text("%s characters are needed at least")},
		{validation.MsgExpectedMaxLength, language.Text("%s characters fit at most")},
		{validation.MsgExpectedBePattern, language.Text("it is not written as it should be: %s")},
		{validation.MsgExpectedMatchPattern, language.Text("it is not written as it should be: %s")},
		{validation.MsgExpectedMinItems, language.Text("%s entries are needed at least")},
		{validation.MsgExpectedMaxItems, language.Text("%s entries fit at most")},
		{"invalid integer", language.Text("a whole number is needed")},
		{"invalid float", language.Text("a number is needed")},
		{"invalid boolean", language.Text("true or false is needed")},
		{"unknown query parameter", language.Text("there is no such parameter")},
		{"required path parameter is missing", language.Text("it is missing")},
		{"required query parameter is missing", language.Text("it is missing")},
		{"required header parameter is missing", language.Text("it is missing")},
		{"request body is required", language.Text("a body is needed")},
	}
}

// A fault is a message of huma's, found by its form.
type faultForm struct {
	like *regexp.Regexp
	said string
}

var faultForms = sync.OnceValue(func() []faultForm {
	var out []faultForm
	verb := regexp.MustCompile(`%[vds]`)
	for _, f := range faults() {
		like := verb.ReplaceAllString(regexp.QuoteMeta(f[0]), "(.*)")
		out = append(out, faultForm{regexp.MustCompile("^(?s:" + like + ")$"), f[1]})
	}
	return out
})

// faultWords says what huma found in the language of t. What is not known here names
// Go's types, or the value, and is not repeated.
func faultWords(t *language.Tongue, message string) string {
	for _, f := range faultForms() {
		m := f.like.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		if !strings.Contains(f.said, "%s") {
			return t.Say(f.said)
		}
		return t.Say(f.said, strings.Trim(m[1], `"`))
	}
	return t.Say("this value cannot be read")
}
