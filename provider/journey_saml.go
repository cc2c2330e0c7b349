package provider

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// samlClient finds a SAML service provider whose assertions come to the
// console.
func samlClient(s *store.State, base string) *tenant.Client {
	for _, c := range s.Clients() {
		if c.SAML() != nil && len(c.Callbacks) > 0 && strings.HasSuffix(callback(c, base), pathCallback) && strings.HasSuffix(c.Callbacks[0], pathCallback) {
			return c
		}
	}
	return nil
}

// asserted plays the service provider that a login led to: it shows the
// response, which it believes without a look at the signature.
func (c *Control) asserted(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	client, _ := c.played(p.Get("RelayState"), "")
	document, err := base64.StdEncoding.DecodeString(p.Get("SAMLResponse"))
	if err != nil || client == nil || len(document) == 0 {
		return nil, tenant.InvalidRequest("This page plays a SAML service provider after a login that began on the console").
			WithHint("begin at %s/_faux0/", wire.From(r).Base)
	}
	var response struct {
		User   string `xml:"Assertion>Subject>NameID"`
		Status struct {
			Code struct {
				Value string `xml:",attr"`
			} `xml:"StatusCode"`
			Message string `xml:"StatusMessage"`
		}
	}
	page := ui.Application{ClientName: client.Name, Assertion: strings.ReplaceAll(string(document), "><", ">\n<")}
	if err := xml.Unmarshal(document, &response); err != nil {
		return nil, tenant.InvalidRequest("The SAML response is no XML: " + err.Error())
	}
	if page.User = response.User; page.User == "" {
		page.Error, page.Description = response.Status.Code.Value, response.Status.Message
	}
	return c.applicationPage(page)
}
