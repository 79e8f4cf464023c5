// Package jsonwords says in plain words what is wrong with a JSON value, where
// encoding/json names Go's types.
package jsonwords

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mismatch says of a value of the wrong kind which key has it, what it is and what
// is needed, such as
//
//	"exclude.artists" is text, and a list is needed
func Mismatch(err *json.UnmarshalTypeError) string {
	is, needed := value(err.Value), kind(err.Type)
	if key := path(err.Field); key != "" {
		return fmt.Sprintf("%q is %s, and %s is needed", key, is, needed)
	}
	return fmt.Sprintf("it is %s, and %s is needed", is, needed)
}

// path returns the keys that lead to a field. An embedded struct is in the document
// no object of its own; encoding/json names it all the same, with a capital.
func path(field string) string {
	var keys []string
	for _, key := range strings.Split(field, ".") {
		if first, _ := utf8.DecodeRuneInString(key); key != "" && !unicode.IsUpper(first) {
			keys = append(keys, key)
		}
	}
	return strings.Join(keys, ".")
}

// value words what a JSON value is.
func value(is string) string {
	switch is {
	case "bool":
		return "true or false"
	case "string":
		return "text"
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "number":
		return "a number"
	default: // number 30.5
		return "the " + is
	}
}

// kind words what a field takes.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return kind(t.Elem())
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0 on"
	default:
		return "a whole number"
	}
}
