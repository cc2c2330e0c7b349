package token

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// know looks up what the token names, finds the request it came from, and asks
// Decide what the same request gets now.
func (x *explainer) know() {
	c := x.read.claims
	clientID, userID := cmp.Or(c.text("azp"), c.text("client_id")), c.text("sub")
	switch x.out.Kind {
	case KindIDToken:
		clientID = c.list("aud")[0]
	case KindMachineToken:
		clientID = cmp.Or(clientID, strings.TrimSuffix(userID, "@clients"))
		userID = ""
	case KindUserinfo:
		userID = cmp.Or(x.read.profile.text("sub"), x.read.profile.text("user_id"))
	case KindOpaqueAccessToken:
		if o := x.opened(); o != nil {
			clientID, userID = o.ClientID, o.Subject
		}
	}
	x.findRequest(clientID, userID)
	if x.request != nil && x.out.Kind == KindOpaqueAccessToken {
		clientID, userID = cmp.Or(clientID, x.request.ClientID), cmp.Or(userID, x.request.UserID)
	}
	x.client, x.user = x.dir.Client(clientID), x.dir.User(userID)
	x.linkedSince(userID)
	if x.user == nil && x.out.Kind == KindUserinfo {
		x.user = x.onlyUser(x.read.profile.text("email"))
	}
	x.org = x.dir.Organization(x.organizationID())
	x.findAPI()
	x.decide(clientID, userID)
}

func (x *explainer) onlyUser(email string) *tenant.User {
	if users := x.dir.UsersByEmail(strings.ToLower(email)); email != "" && len(users) == 1 {
		return users[0]
	}
	return nil
}

func (x *explainer) organizationID() string {
	if id := x.read.claims.text("org_id"); id != "" || x.request == nil {
		return id
	}
	return x.request.Organization
}

// opened is what an opaque token of ours holds, expired or not.
func (x *explainer) opened() *Opaque {
	if x.Sealer == nil || x.read.compact == "" {
		return nil
	}
	o, err := x.Sealer.Open(x.read.compact, time.Time{})
	if err != nil {
		return nil
	}
	return o
}

// near is how far the clock of a request and the `iat` of its token may lie
// apart.
const near = 10 * time.Second

// findRequest looks for the request that the token answered; failing that, for
// the latest of the same application and person.
func (x *explainer) findRequest(clientID, userID string) {
	iat := x.read.claims.time("iat")
	same := func(r Issued) bool {
		return r.Error == "" && (clientID == "" || r.ClientID == clientID) && (userID == "" || r.UserID == userID)
	}
	opaque := x.out.Kind == KindOpaqueAccessToken
	var latest *Issued
	for i := range slices.Backward(x.Recent) {
		r := &x.Recent[i]
		if !same(*r) || opaque && !r.AccessTokenOpaque {
			continue
		}
		if !iat.IsZero() && r.At.Sub(iat).Abs() <= near && x.fitsAudience(*r) {
			x.request = r
			return
		}
		if latest == nil {
			latest = r
		}
	}
	if opaque || x.out.Kind == KindIDToken || x.out.Kind == KindUserinfo {
		x.request = latest
	}
}

// fitsAudience says whether the request can have led to the access token at
// hand; an ID token fits any.
func (x *explainer) fitsAudience(r Issued) bool {
	if x.out.Kind != KindAccessToken && x.out.Kind != KindMachineToken {
		return true
	}
	return !r.AccessTokenOpaque && (r.Audience == "" || slices.Contains(x.read.claims.list("aud"), r.Audience))
}

// findAPI settles which API this is about: the token's, the one asked for, or
// the best guess.
func (x *explainer) findAPI() {
	if x.out.Kind == KindAccessToken || x.out.Kind == KindMachineToken {
		x.api = x.audienceAPI()
		return
	}
	candidates := []string{x.Wanted}
	if x.request != nil {
		candidates = append(candidates, x.request.Audience)
	}
	for _, identifier := range append(candidates, x.dir.Settings().DefaultAudience) {
		if api := x.dir.ResourceServer(identifier); identifier != "" && api != nil && !api.IsSystem {
			x.api = api
			return
		}
	}
	x.api = x.guessAPI()
	x.apiGuessed = x.api != nil && len(x.customAPIs()) > 1
}

func (x *explainer) customAPIs() []*tenant.ResourceServer {
	return slices.DeleteFunc(slices.Clone(x.dir.ResourceServers()), func(api *tenant.ResourceServer) bool { return api.IsSystem })
}

// guessAPI prefers an API where the user may do something, then one with RBAC.
func (x *explainer) guessAPI() *tenant.ResourceServer {
	apis := x.customAPIs()
	for _, api := range apis {
		if x.user != nil && len(Assigned(x.dir, x.user, api, x.org)) > 0 {
			return api
		}
	}
	for _, api := range apis {
		if api.RBAC() {
			return api
		}
	}
	if len(apis) > 0 {
		return apis[0]
	}
	return nil
}

// decide asks what the tenant would give now. Who is unknown to the tenant
// stands in as somebody with the same id and no rights.
func (x *explainer) decide(clientID, userID string) {
	if x.api == nil {
		return
	}
	req := Request{Flow: x.flow(), Client: x.client, User: x.user, Organization: x.org,
		Audience: x.api.Identifier, Scopes: x.requestedScopes(), Issuer: x.Issuer}
	if x.request != nil {
		req.Consented = x.request.Consented
	}
	if req.Client == nil {
		req.Client = &tenant.Client{ClientID: clientID, Name: cmp.Or(clientID, "your application"), IsFirstParty: true,
			GrantTypes: []string{tenant.GrantRefreshToken}}
	}
	if req.User == nil {
		req.User = &tenant.User{UserID: userID, Name: cmp.Or(userID, "the user")}
	}
	if req.Flow == FlowClientCredentials {
		req.User = nil
	}
	x.decision, x.refused = Decide(x.dir, req)
	if x.refused == nil {
		x.out.Reasons = x.decision.Reasons
	}
}

func (x *explainer) flow() Flow {
	gty := x.read.claims.list("gty")
	switch {
	case x.out.Kind == KindMachineToken:
		return FlowClientCredentials
	case slices.Contains(gty, GTYRefreshToken):
		return FlowRefresh
	case slices.Contains(gty, GTYPassword):
		return FlowPassword
	case x.request != nil && x.request.Flow != FlowClientCredentials && x.request.Flow != "":
		return x.request.Flow
	}
	return FlowCode
}

// requestedScopes are those of the request, or where nobody remembers it, those
// the token was granted.
func (x *explainer) requestedScopes() []string {
	if x.request != nil && (x.request.Flow != FlowRefresh || len(x.request.Scopes) > 0) {
		return x.request.Scopes
	}
	return x.read.claims.scopes()
}

// reason finds the first of Decide's Reasons with one of the codes.
func (x *explainer) reason(codes ...string) *Reason {
	for i, r := range x.out.Reasons {
		if slices.Contains(codes, r.Code) {
			return &x.out.Reasons[i]
		}
	}
	return nil
}
