package tenant

import "time"

// LogEvent is one entry of the tenant's log: something that happened, as the
// Dashboard and log streams show it.
//
// Source: Auth0 docs, "Log event type codes"; the description of tenant logs.
// Observed: go-auth0, GET /api/v2/logs.
type LogEvent struct {
	ID   string    `json:"log_id"`
	At   time.Time `json:"date"`
	Type LogType   `json:"type"`
	// Description is the error in words; empty for most successes.
	Description      string `json:"description"`
	Connection       string `json:"connection,omitempty"`
	ConnectionID     string `json:"connection_id,omitempty"`
	Strategy         string `json:"strategy,omitempty"`
	StrategyType     string `json:"strategy_type,omitempty"`
	OrganizationID   string `json:"organization_id,omitempty"`
	OrganizationName string `json:"organization_name,omitempty"`
	ClientID         string `json:"client_id,omitempty"`
	ClientName       string `json:"client_name,omitempty"`
	IP               string `json:"ip,omitempty"`
	UserAgent        string `json:"user_agent,omitempty"`
	Hostname         string `json:"hostname,omitempty"`
	UserID           string `json:"user_id,omitempty"`
	UserName         string `json:"user_name,omitempty"`
	Audience         string `json:"audience,omitempty"`
	Scope            string `json:"scope,omitempty"`
	// Details depend on the type.
	Details map[string]any `json:"details,omitempty"`
}

// LogType is the code of a kind of LogEvent.
type LogType string

// Codes of LogEvents.
//
// Source: Auth0 docs, "Log event type codes"; the description of tenant logs.
const (
	LogSuccessLogin          LogType = "s"
	LogFailedLogin           LogType = "f"
	LogFailedLoginPassword   LogType = "fp"
	LogFailedLoginUser       LogType = "fu"
	LogSuccessSilent         LogType = "ssa"
	LogFailedSilent          LogType = "fsa"
	LogSuccessCrossOrigin    LogType = "scoa"
	LogFailedCrossOrigin     LogType = "fcoa"
	LogSuccessLogout         LogType = "slo"
	LogFailedLogout          LogType = "flo"
	LogSuccessBackchannel    LogType = "oidc_backchannel_logout_succeeded"
	LogFailedBackchannel     LogType = "oidc_backchannel_logout_failed"
	LogSuccessCode           LogType = "seacft"
	LogFailedCode            LogType = "feacft"
	LogSuccessMachine        LogType = "seccft"
	LogFailedMachine         LogType = "feccft"
	LogSuccessPassword       LogType = "sepft"
	LogFailedPassword        LogType = "fepft"
	LogSuccessRefresh        LogType = "sertft"
	LogFailedRefresh         LogType = "fertft"
	LogFailedRotating        LogType = "ferrt"
	LogSuccessRevoke         LogType = "srrt"
	LogSuccessDevice         LogType = "sede"
	LogFailedDevice          LogType = "fede"
	LogDeviceActivationFail  LogType = "fdeaz"
	LogDeviceCodeFail        LogType = "fdeac"
	LogDeviceDenied          LogType = "fdecc"
	LogSuccessNativeSocial   LogType = "sens"
	LogFailedNativeSocial    LogType = "fens"
	LogSuccessCustomExchange LogType = "secte"
	LogFailedCustomExchange  LogType = "fecte"
	LogSuccessOnBehalf       LogType = "success_on_behalf_of_token_exchange"
	LogFailedOnBehalf        LogType = "failed_on_behalf_of_token_exchange"
	LogCIBAStarted           LogType = "ciba_start_succeeded"
	LogCIBAStartFailed       LogType = "ciba_start_failed"
	LogCIBAExchanged         LogType = "ciba_exchange_succeeded"
	LogCIBAExchangeFailed    LogType = "ciba_exchange_failed"
	LogFailedPAR             LogType = "fpar"
	LogSuccessSignup         LogType = "ss"
	LogFailedSignup          LogType = "fs"
	LogChangePasswordSent    LogType = "scpr"
	LogChangePasswordFailed  LogType = "fcpr"
	LogPasswordChanged       LogType = "scp"
	LogPasswordChangeFailed  LogType = "fcp"
	LogCodeSent              LogType = "cls"
	LogSMSCodeSent           LogType = "cs"
	LogSuccessAPI            LogType = "sapi"
	LogWarning               LogType = "w"
)
