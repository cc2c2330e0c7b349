package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Approval is a question that waits for a person's yes or no, which they would
// give on their phone or behind a link in a mail.
type Approval = store.Approval

// Answers to an Approval.
const (
	AnswerApprove = store.AnswerApprove
	AnswerDeny    = store.AnswerDeny
)

// Approvals lists what waits for an answer, oldest first.
func (c *Control) Approvals() []Approval { return c.p.flow.Approvals() }

// WaitApproval returns the approval that waits for the user (user_id, e-mail
// address or username), once there is one. When the context ends before, it
// returns the context's error.
func (c *Control) WaitApproval(ctx context.Context, user string) (Approval, error) {
	for {
		rung := c.p.asked.wait() // before looking, so that nothing comes between
		list, err := c.approvalsOf(user)
		switch {
		case err != nil:
			return Approval{}, err
		case len(list) > 0:
			return list[0], nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return Approval{}, ctx.Err()
		}
	}
}

func (c *Control) approvalsOf(name string) (list []Approval, err error) {
	var user *tenant.User
	if err := c.p.flow.Store.View(func(s *store.State) (err error) { user, err = findUser(s, name); return err }); err != nil {
		return nil, err
	}
	for _, a := range c.Approvals() {
		if a.UserID == user.UserID {
			list = append(list, a)
		}
	}
	return list, nil
}

// ApprovalAnswer is a person's answer, given for them: to an Approval, by its
// ID or as the only one that waits for the user, or to a device, by the code
// it shows.
type ApprovalAnswer struct {
	ID string `json:"auth_req_id"`
	// UserCode is a device's; approving it takes the User to log in.
	UserCode string `json:"user_code"`
	// User is a user_id, e-mail address or username.
	User string `json:"user"`
	// Answer is AnswerApprove or AnswerDeny.
	Answer string `json:"answer"`
}

// Answer gives the answer.
func (c *Control) Answer(a ApprovalAnswer) error {
	if a.Answer != AnswerApprove && a.Answer != AnswerDeny {
		return tenant.InvalidRequest(fmt.Sprintf("answer %q: give %q or %q", a.Answer, AnswerApprove, AnswerDeny))
	}
	if a.UserCode != "" {
		return c.answerDevice(a)
	}
	if a.ID == "" {
		list, err := c.approvalsOf(a.User)
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return tenant.InvalidRequest("Nothing waits for an answer of " + a.User)
		case len(list) > 1:
			return tenant.InvalidRequest(fmt.Sprintf("%d approvals wait for %s; name one by auth_req_id", len(list), a.User))
		}
		a.ID = list[0].ID
	}
	if !c.p.flow.AnswerApproval(a.ID, a.Answer) {
		return tenant.InvalidRequest("No approval waits with that auth_req_id")
	}
	return nil
}

// answerDevice logs the user in for the device, as the pages would.
func (c *Control) answerDevice(a ApprovalAnswer) error {
	f := c.p.flow
	device, err := f.DeviceByUserCode(a.UserCode, "")
	if err != nil {
		return err
	}
	if a.Answer == AnswerDeny {
		return f.DenyDevice(device.DeviceCode, tenant.DeviceDenied())
	}
	user, err := c.mayLogIn(device, a.User)
	if err != nil {
		return err
	}
	user = f.LoggedIn(user.UserID, "127.0.0.1", false)
	session := f.UseSession(f.StartSession(user, store.Session{Issuer: c.issuer()}).ID, device.ClientID)
	return f.ApproveDevice(device.DeviceCode, session, "", nil)
}

func (c *Control) mayLogIn(device *store.DeviceAuthorization, name string) (user *tenant.User, err error) {
	err = c.p.flow.Store.View(func(s *store.State) error {
		if user, err = findUser(s, name); err != nil {
			return err
		}
		client := s.Client(device.ClientID)
		switch connection := s.ConnectionByName(user.Connection); {
		case client == nil:
			return tenant.UnknownClient(device.ClientID)
		case user.Blocked:
			return tenant.UserBlocked()
		case connection == nil || !connection.ServesClient(client):
			return tenant.ConnectionDisabled(user.Connection, client)
		case device.OrganizationID != "" && user.Member(device.OrganizationID) == nil:
			return tenant.NotAMember(user.UserID, device.OrganizationID)
		}
		return nil
	})
	return user, err
}

// approvalAsked logs a request for approval, for people at a terminal, and
// wakes those who wait for it.
func (p *Provider) approvalAsked(a store.Approval) {
	p.config.Log.Info("approval", "kind", a.Kind, "client_id", a.ClientID, "user_id", a.UserID,
		"message", a.Message, "scope", strings.Join(a.Scopes, " "), "channel", a.Channel)
	p.asked.strike()
}
