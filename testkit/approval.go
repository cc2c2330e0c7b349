package testkit

import (
	"context"
	"errors"

	"github.com/faux0/faux0/provider"
)

// ApproveDevice logs the user in for the device that shows the code, as the
// pages behind /activate would, so that the device's next poll gets tokens.
func (a *Tenant) ApproveDevice(userCode string, u User) {
	a.t.Helper()
	a.answer(provider.ApprovalAnswer{UserCode: userCode, User: u.ID, Answer: provider.AnswerApprove})
}

// DenyDevice presses Cancel for the device that shows the code.
func (a *Tenant) DenyDevice(userCode string) {
	a.t.Helper()
	a.answer(provider.ApprovalAnswer{UserCode: userCode, Answer: provider.AnswerDeny})
}

// Approve says yes, on the user's phone, to what an application asks them for
// by CIBA, and waits for the application to ask. It returns what was asked.
func (a *Tenant) Approve(u User) provider.Approval {
	a.t.Helper()
	return a.respond(u, provider.AnswerApprove)
}

// Deny is Approve, saying no.
func (a *Tenant) Deny(u User) provider.Approval {
	a.t.Helper()
	return a.respond(u, provider.AnswerDeny)
}

// Approvals lists what waits for somebody's answer, oldest first.
func (a *Tenant) Approvals() []provider.Approval { return a.provider.Control().Approvals() }

func (a *Tenant) respond(u User, answer string) provider.Approval {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), mailPatience)
	defer cancel()
	asked, err := a.provider.Control().WaitApproval(ctx, u.ID)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		a.t.Fatalf("testkit: nobody asked for an approval of %s", u.label())
		return asked
	case err != nil:
		a.t.Fatalf("testkit: approval of %s: %s", u.label(), why(err))
		return asked
	}
	a.answer(provider.ApprovalAnswer{ID: asked.ID, Answer: answer})
	return asked
}

func (a *Tenant) answer(answer provider.ApprovalAnswer) {
	a.t.Helper()
	if err := a.provider.Control().Answer(answer); err != nil {
		a.t.Fatalf("testkit: %s: %s", answer.Answer, why(err))
	}
}
