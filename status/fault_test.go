package status_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"allclear/status"
)

func TestFaults(t *testing.T) {
	gone := status.NotFound("incident", "abc")
	same(t, "not found", *gone, status.Fault{Code: status.CodeNotFound, Message: `There is no incident "abc".`})
	same(t, "sentence", gone.Error(), gone.Message)
	stale := status.Conflict("incident", 3, 5)
	same(t, "conflict", *stale, status.Fault{
		Code: status.CodeConflict, Field: "version", Current: 5,
		Message: "This incident was changed meanwhile: you saw version 3, it is now version 5. Load it again and repeat your change.",
	})
	if long := status.NotFound("incident", strings.Repeat("x", 1<<20)); len(long.Message) > 200 {
		t.Errorf("a sentence of %d bytes", len(long.Message))
	}
}

// A fault is found however deep it was wrapped; anything else is an internal error.
func TestFaultIsFound(t *testing.T) {
	wrapped := fmt.Errorf("saving: %w", status.Invalid("incident.name", "No."))
	f, ok := status.FaultOf(wrapped)
	if !ok || f.Field != "incident.name" {
		t.Errorf("found %v, %v", f, ok)
	}
	same(t, "code", status.FaultCode(wrapped), status.CodeInvalid)
	same(t, "internal", status.FaultCode(errors.New("disk full")), "")
	same(t, "none", status.FaultCode(nil), "")
}
