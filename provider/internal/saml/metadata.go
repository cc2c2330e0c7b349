package saml

import (
	"encoding/base64"
	"fmt"

	"github.com/beevik/etree"
)

// Bindings.
//
// Source: saml-bindings §3.4.1, §3.5.1.
const (
	BindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	BindingPost     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

const (
	metadataNS  = "urn:oasis:names:tc:SAML:2.0:metadata"
	signatureNS = "http://www.w3.org/2000/09/xmldsig#"
)

// described are the claims that metadata tells of.
var described = []struct{ name, friendly, about string }{
	{emailAddress, "E-Mail Address", "The e-mail address of the user"},
	{claims + "givenname", "Given Name", "The given name of the user"},
	{fullName, "Name", "The unique name of the user"},
	{claims + "surname", "Surname", "The surname of the user"},
	{nameIdentifier, "Name ID", "The SAML name identifier of the user"},
	{claims + "upn", "UPN", "The user principal name (UPN) of the user"},
	{"http://schemas.xmlsoap.org/claims/Group", "Group", "A group that the user is a member of"},
}

// IdentityProviderMetadata describes the tenant to a service provider: sso and
// slo are where it takes requests.
//
// Observed: recorded metadata of the SAML addon.
func IdentityProviderMetadata(entityID, sso, slo string, cert []byte) ([]byte, error) {
	root, descriptor := descriptor(entityID, "IDPSSODescriptor", cert)
	endpoints(descriptor, "SingleLogoutService", slo)
	for _, format := range []string{
		"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
		"urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
	} {
		descriptor.CreateElement("NameIDFormat").SetText(format)
	}
	endpoints(descriptor, "SingleSignOnService", sso)
	for _, claim := range described[:5] {
		e := descriptor.CreateElement("Attribute")
		e.CreateAttr("Name", claim.name)
		e.CreateAttr("NameFormat", nameFormat(claim.name))
		e.CreateAttr("FriendlyName", claim.friendly)
		e.CreateAttr("xmlns", assertionNS)
	}
	return write(root)
}

// ServiceProviderMetadata describes a connection of the tenant to its identity
// provider: acs is where it takes answers.
//
// Source: Auth0 docs, "Configure Auth0 as a SAML service provider" (metadata).
func ServiceProviderMetadata(entityID, acs string, cert []byte, signed bool) ([]byte, error) {
	root, descriptor := descriptor(entityID, "SPSSODescriptor", cert)
	descriptor.CreateAttr("AuthnRequestsSigned", fmt.Sprint(signed))
	e := descriptor.CreateElement("AssertionConsumerService")
	e.CreateAttr("Binding", BindingPost)
	e.CreateAttr("Location", acs)
	e.CreateAttr("index", "0")
	e.CreateAttr("isDefault", "true")
	return write(root)
}

// FederationMetadata describes the tenant to applications of WS-Federation.
//
// Observed: a recorded FederationMetadata.xml.
func FederationMetadata(entityID, endpoint string, cert []byte) ([]byte, error) {
	root := entity(entityID)
	role := root.CreateElement("RoleDescriptor")
	role.CreateAttr("xsi:type", "fed:SecurityTokenServiceType")
	role.CreateAttr("protocolSupportEnumeration", "http://docs.oasis-open.org/wsfed/federation/200706")
	role.CreateAttr("ServiceDisplayName", entityID)
	role.CreateAttr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	role.CreateAttr("xmlns:fed", "http://docs.oasis-open.org/wsfed/federation/200706")
	addKey(role, cert)
	offered := role.CreateElement("fed:TokenTypesOffered")
	for _, uri := range []string{"urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:1.0:assertion"} {
		offered.CreateElement("fed:TokenType").CreateAttr("Uri", uri)
	}
	types := role.CreateElement("fed:ClaimTypesOffered")
	for _, claim := range described {
		e := types.CreateElement("auth:ClaimType")
		e.CreateAttr("Uri", claim.name)
		e.CreateAttr("Optional", "true")
		e.CreateAttr("xmlns:auth", "http://docs.oasis-open.org/wsfed/authorization/200706")
		e.CreateElement("auth:DisplayName").SetText(claim.friendly)
		e.CreateElement("auth:Description").SetText(claim.about)
	}
	reference := role.CreateElement("fed:PassiveRequestorEndpoint").CreateElement("EndpointReference")
	reference.CreateAttr("xmlns", "http://www.w3.org/2005/08/addressing")
	reference.CreateElement("Address").SetText(endpoint)
	return write(root)
}

func entity(id string) *etree.Element {
	root := etree.NewElement("EntityDescriptor")
	root.CreateAttr("entityID", id)
	root.CreateAttr("xmlns", metadataNS)
	return root
}

func descriptor(entityID, tag string, cert []byte) (root, descriptor *etree.Element) {
	root = entity(entityID)
	descriptor = root.CreateElement(tag)
	descriptor.CreateAttr("protocolSupportEnumeration", protocolNS)
	addKey(descriptor, cert)
	return root, descriptor
}

func addKey(e *etree.Element, cert []byte) {
	key := e.CreateElement("KeyDescriptor")
	key.CreateAttr("use", "signing")
	info := key.CreateElement("KeyInfo")
	info.CreateAttr("xmlns", signatureNS)
	info.CreateElement("X509Data").CreateElement("X509Certificate").SetText(base64.StdEncoding.EncodeToString(cert))
}

func endpoints(e *etree.Element, tag, location string) {
	for _, binding := range []string{BindingRedirect, BindingPost} {
		service := e.CreateElement(tag)
		service.CreateAttr("Binding", binding)
		service.CreateAttr("Location", location)
	}
}

func write(root *etree.Element) ([]byte, error) {
	doc := etree.NewDocumentWithRoot(root)
	doc.Indent(2)
	body, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("write metadata: %w", err)
	}
	return body, nil
}
