// Package language says things in a listener's language: sentences, counts,
// numbers, dates.
//
// Texts stand where they are used, in English, as the argument of Say:
//
//	t.Say("Meets you where you are; finished %d times", n)
//
// A file of another language holds what to say instead, keyed by the English
// text, with the same verbs:
//
//	"Meets you where you are; finished %d times": "Gặp bạn ở nơi bạn đang đứng; bạn đã nghe trọn %d lần"
//
// Where the order of words differs, or English grammar passes a word that
// another language has no use for, verbs are numbered ("%[2]s, %[1]d"). A text
// that reaches Say as a variable is marked with Text where it is written, so that
// TestComplete finds all of them: no language may lack a text that a page can
// show. What is missing all the same is said in English rather than not at all.
//
// A nil *Tongue speaks English, so that whoever does not care need not.
package language
