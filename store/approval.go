package store

import (
	"context"
	"fmt"

	"allclear/status"
	"allclear/status/lint"
)

// secondPerson refuses to publish a notice that a second person must approve first, and
// says in the audit who did, or why nobody could.
func (t *tx) secondPerson(ctx context.Context, n *status.Incident) error {
	if n.LacksApproval(&t.site.page) {
		others, err := t.approvers(ctx, t.by)
		if err != nil {
			return err
		}
		if err := n.CheckApproval(&t.site.page, others); err != nil {
			return err
		}
		t.detail += ", without a second person: " + lint.Redact(n.Approval.Alone)
	}
	if n.Deed() == status.DeedApprove {
		t.detail += fmt.Sprintf(", approved by %s as %s asked", n.Approval.GivenBy, n.Approval.AskedBy)
	}
	return nil
}

// Approvers counts the accounts beside one that may approve a notice.
func (s *Store) Approvers(ctx context.Context, except string) (n int, err error) {
	err = s.read(ctx, func(t *tx) error {
		n, err = t.approvers(ctx, except)
		return err
	})
	return n, err
}

func (t *tx) approvers(ctx context.Context, except string) (n int, err error) {
	err = t.row(ctx, `SELECT COUNT(*) FROM accounts WHERE role IN (?, ?) AND NOT disabled AND email_key <> ?`,
		string(status.Publisher), string(status.Admin), emailKey(except)).Scan(&n)
	return n, err
}
