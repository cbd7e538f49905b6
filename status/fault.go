package status

import (
	"errors"
	"fmt"
)

// Code classifies a Fault. Each face (HTML, JSON, CLI) translates it once.
type Code string

// The kinds of fault, with the HTTP status that the web faces give them.
const (
	CodeMalformed       Code = "malformed"       // 400
	CodeUnauthenticated Code = "unauthenticated" // 401
	CodeForbidden       Code = "forbidden"       // 403
	CodeNotFound        Code = "not_found"       // 404
	CodeConflict        Code = "conflict"        // 409
	CodeTooLarge        Code = "too_large"       // 413
	CodeUnsupported     Code = "unsupported"     // 415
	CodeInvalid         Code = "invalid"         // 422
	CodeLimited         Code = "limited"         // 429
	CodeUnavailable     Code = "unavailable"     // 503
)

// Fault is the only error that a person reads: one plain sentence, and the field
// (API name, such as "incident.name") that it is about when there is one.
type Fault struct { //nolint:errname // the word of the glossary
	Code    Code
	Field   string
	Message string
	// Current is the present version of the object on a conflict, else 0.
	Current int64
}

// Error is the sentence.
func (f *Fault) Error() string { return f.Message }

// NewFault makes a fault with a formatted sentence.
func NewFault(code Code, field, format string, args ...any) *Fault {
	return &Fault{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Invalid says that a field cannot be accepted as it is.
func Invalid(field, format string, args ...any) *Fault {
	return NewFault(CodeInvalid, field, format, args...)
}

// NotFound says that there is no such thing.
func NotFound(noun, id string) *Fault {
	return NewFault(CodeNotFound, "", "There is no %s %q.", noun, brief(id))
}

// Conflict says that somebody else changed the object meanwhile.
func Conflict(noun string, seen, current int64) *Fault {
	f := NewFault(CodeConflict, "version",
		"This %s was changed meanwhile: you saw version %d, it is now version %d. Load it again and repeat your change.", noun, seen, current)
	f.Current = current
	return f
}

// FaultOf finds the fault in an error chain.
func FaultOf(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// FaultCode is the code of the fault in the chain, or "" for an internal error.
func FaultCode(err error) Code {
	if f, ok := FaultOf(err); ok {
		return f.Code
	}
	return ""
}
