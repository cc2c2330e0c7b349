package ui

// Popup carries an answer to the page that opened the window, in the language
// of WinChan: the window says it is ready, and answers whoever asks, if it is
// one of the application's origins.
//
// Observed: auth0.js, popup.authorize with owp; WinChan.
type Popup struct {
	Look
	// Origins may read the answer.
	Origins     []string
	Response    map[string]any
	ScriptNonce string
}

func (Popup) template() string { return "popup" }
