package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// approvalRemembered is how long a client that asks too late is told so. It is
// ours.
const approvalRemembered = 15 * time.Minute

// PathApproval is the page behind the link of a mail that asks for approval.
// Auth0 publishes no path.
const PathApproval = "/u/approval"

// AskApproval asks a person for their yes or no, by the approval's channel.
//
// Source: OpenID CIBA Core 1.0 §7; Auth0 docs, "Email notifications with CIBA".
func (f *Flow) AskApproval(a *store.Approval, client *tenant.Client, to string, o Occasion) {
	now := f.Clock.Now()
	a.ID, a.CreatedAt = f.IDs.AuthReqID(), now
	a.Polling.IntervalSeconds = PollingInterval
	ticket := ""
	if a.Channel == tenant.ChannelApprovalMail {
		ticket = f.IDs.MailTicket()
	}
	_ = f.Store.Update(func(s *store.State) error {
		s.Approvals.PutAtMost(store.MaxWaiting, a.ID, a, a.ExpiresAt.Add(approvalRemembered), now)
		if ticket != "" {
			s.ApprovalLinks.PutAtMost(store.MaxWaiting, ticket, a.ID, a.ExpiresAt, now)
		}
		return nil
	})
	if ticket != "" {
		f.sendApproval(o, a, client, to, strings.TrimSuffix(o.Issuer, "/")+PathApproval+"?ticket="+ticket)
	}
	if f.Asked != nil {
		f.Asked(*a)
	}
}

func (f *Flow) sendApproval(o Occasion, a *store.Approval, client *tenant.Client, to, link string) {
	m := Mail{
		Kind: store.MessageApproval, To: to, Client: client, Link: link, Lifetime: a.ExpiresAt.Sub(a.CreatedAt),
		Values: map[string]any{"binding_message": a.Message},
	}
	_ = f.Store.View(func(s *store.State) error { m.User = s.User(a.UserID); return nil })
	f.SendMail(o, m)
}

// Approvals lists what waits for an answer, oldest first.
func (f *Flow) Approvals() []store.Approval {
	list := []store.Approval{}
	now := f.Clock.Now()
	_ = f.Store.View(func(s *store.State) error {
		s.Approvals.Each(now, func(_ string, a *store.Approval) {
			if a.Open(now) {
				list = append(list, *a)
			}
		})
		return nil
	})
	slices.SortFunc(list, func(a, b store.Approval) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// ApprovalByLink finds what the ticket of a mail's link asks about, nil if it
// waits no longer.
func (f *Flow) ApprovalByLink(ticket string) (approval *store.Approval) {
	now := f.Clock.Now()
	_ = f.Store.View(func(s *store.State) error {
		id, _ := s.ApprovalLinks.Get(ticket, now)
		if a, ok := s.Approvals.Get(id, now); ok && a.Open(now) {
			approval = a
		}
		return nil
	})
	return approval
}

// AnswerApproval gives the person's answer; of two the first counts. It says
// whether anybody was waiting for it.
func (f *Flow) AnswerApproval(id, answer string) bool {
	now, open := f.Clock.Now(), false
	_ = f.Store.Update(func(s *store.State) error {
		a, ok := s.Approvals.Get(id, now)
		if open = ok && a.Open(now); open {
			answered := *a
			answered.Answer = answer
			s.Approvals.Put(id, &answered, a.ExpiresAt.Add(approvalRemembered), now)
		}
		return nil
	})
	return open
}

// PollApproval asks for the answer. It is given once, however many ask at the
// same time.
//
// It returns InvalidAuthReqID, ApprovalPending, ApprovalSlowDown or
// ApprovalDenied.
//
// Source: OpenID CIBA Core 1.0 §10.1, §11.
func (f *Flow) PollApproval(kind, clientID, id string) (approval *store.Approval, err error) {
	now := f.Clock.Now()
	err = f.Store.Update(func(s *store.State) error {
		a, ok := s.Approvals.Get(id, now)
		switch {
		case !ok || a.Kind != kind:
			return tenant.InvalidAuthReqID().WithHint("the auth_req_id is unknown, or its answer was given before")
		case a.ClientID != clientID:
			return tenant.InvalidAuthReqID().WithHint("the auth_req_id was issued to another client")
		case a.Open(now):
			waiting, early := *a, false
			waiting.Polling, early = a.Polling.Next(now)
			s.Approvals.Put(id, &waiting, a.ExpiresAt.Add(approvalRemembered), now)
			if early {
				return tenant.ApprovalSlowDown(waiting.Polling.IntervalSeconds)
			}
			return tenant.ApprovalPending().WithHint("answer for the person by POST /_faux0/approvals {\"user\": %q, \"answer\": \"approve\"}", a.UserID)
		}
		s.Approvals.Delete(id)
		if a.Answer != store.AnswerApprove || !now.Before(a.ExpiresAt) {
			return tenant.ApprovalDenied()
		}
		approval = a
		return nil
	})
	return approval, err
}
