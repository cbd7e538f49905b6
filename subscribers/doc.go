// Package subscribers tells people: it keeps who asked to be told, and sees to it that
// everybody is, in time and once.
//
// # Life of a subscription
//
// Begin (a visitor asks) → pending, one confirmation mail in the same transaction →
// Confirm (the owner presses the button) → active → End (one click) → ended. An address
// that does not exist, or an endpoint that refuses for good, is suppressed. Begin answers
// alike for known and unknown addresses and sends at most one confirmation per mailbox in
// 24 hours and three until one is confirmed. A pending subscription lives for 7 days.
// Somebody who is subscribed already and asks again gets a confirmation too; the new
// choices count once it is confirmed.
//
// Links are signed (see [Keys]): what a link may do is in the link. A webhook's secret is
// shown once, on the page that confirms it, and stored encrypted.
//
// # Life of a message
//
//	event row ── expand ──▶ delivery: waiting ── claim ──▶ sending ──▶ sent
//	(same transaction          ▲  │  ▲                       │  ├────▶ failed
//	 as the notice)            │  │  └───── tried again ─────┘  └────▶ cancelled
//	                           │  └──▶ superseded (a newer one about the same),
//	                           │       cancelled (unsubscribed, notice withdrawn)
//	                           └── lease ended: the process died
//
// An event is expanded in chunks, each one transaction with a cursor. Workers claim one
// message at a time with a lease; what became of the last one is durable before the next
// is claimed, and the workers' marks share one commit. So after a crash nothing is lost,
// and at most the messages in flight, one per worker, are sent again.
//
// What a message says is rendered when it is claimed first, from the newest state, as a
// letter that every recipient of one language shares. From then on its bytes are fixed: a
// repeated mail has the same Message-ID, a repeated webhook the same webhook-id.
//
// # Reminders to whoever is on duty
//
// When a promise of the next update is about to be broken, or a problem is watched for as
// long as planned, the clock queues a call ([status.Call]): once for each step, in the
// transaction that notices its time. Calls wait in a table of their own. Nobody subscribed
// to them, they belong to no entry, and nothing public may follow from one, so that none of
// the rules about deliveries holds for them; but they are claimed, leased, tried again and
// recorded like deliveries, by the same workers, before these. There is no hold. A call
// whose promise was met or moved, or whose next step has come, is not sent.
//
// # The verdict on a mail
//
//	accepted after the final dot         sent, whatever happens on the connection then
//	5xx to MAIL, RCPT, DATA or the dot   given up; the address is suppressed only if the
//	                                     answer means that the mailbox does not exist
//	4xx, broken connection, any 5xx      tried again, with the same bytes
//	before MAIL
//	silence after the final dot          tried again and counted as ambiguous: it may have
//	                                     arrived
package subscribers
