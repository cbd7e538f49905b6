package status_test

import (
	"testing"

	"allclear/status"
)

// Which events are a start or an end for those who want no more than these.
func TestStartsAndEnds(t *testing.T) {
	starts := map[status.EventType]bool{status.IncidentCreated: true, status.IncidentReopened: true, status.MaintenanceScheduled: true}
	ends := map[status.EventType]bool{status.IncidentResolved: true, status.MaintenanceCompleted: true, status.MaintenanceCancelled: true}
	for _, e := range []status.EventType{
		status.IncidentCreated, status.IncidentUpdated, status.IncidentResolved, status.IncidentReopened, status.IncidentWithdrawn,
		status.MaintenanceScheduled, status.MaintenanceUpdated, status.MaintenanceReminder, status.MaintenanceStarted,
		status.MaintenanceCompleted, status.MaintenanceCancelled, status.MaintenanceWithdrawn, status.ComponentUpdated, status.SubscriptionTest,
	} {
		same(t, string(e)+" starts", e.Starts(), starts[e])
		same(t, string(e)+" ends", e.Ends(), ends[e])
	}
}
