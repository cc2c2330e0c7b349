package tenant

import (
	"fmt"
	"strings"
	"time"
)

// LogEvent is one entry of the tenant's log: something that happened, as the
// Dashboard and log streams show it. Its JSON is that of the Management API.
//
// Source: Auth0 docs, "Log event type codes"; the description of tenant logs.
type LogEvent struct {
	// ID tells events apart and sorts them: see LogID.
	ID   string
	At   time.Time
	Type LogType
	// Description is the error in words; empty for most successes.
	Description      string
	Connection       string
	ConnectionID     string
	Strategy         string
	StrategyType     string
	OrganizationID   string
	OrganizationName string
	ClientID         string
	ClientName       string
	IP               string
	// UserAgent is the header as it was sent.
	UserAgent string
	Hostname  string
	UserID    string
	// UserName is what the user is called, or what somebody called themselves
	// who is no user.
	UserName string
	Audience string
	Scope    string
	// Details depend on the type.
	Details map[string]any
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
	LogFailedPasswordlessOTP LogType = "fepotpft"
	LogSuccessFactorOTP      LogType = "seotpft"
	LogFailedFactorOTP       LogType = "feotpft"
	LogSuccessFactorOOB      LogType = "seoobft"
	LogFailedFactorOOB       LogType = "feoobft"
	LogSuccessRecoveryCode   LogType = "sercft"
	LogFailedRecoveryCode    LogType = "fercft"
	LogSuccessPasskeyOTP     LogType = "sepkotpft"
	LogSuccessPasskeyOOB     LogType = "sepkoobft"
	LogSuccessPasskeyCode    LogType = "sepkrcft"
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
	LogEmailVerified         LogType = "sv"
	LogUniversalLogout       LogType = "universal_logout_succeeded"
	LogUniversalLogoutFailed LogType = "universal_logout_failed"
	LogCodeSent              LogType = "cls"
	LogSMSCodeSent           LogType = "cs"
	LogSuccessAPI            LogType = "sapi"
	LogInvitationAccepted    LogType = "si"
	LogInvitationFailed      LogType = "fi"
	LogMemberAdded           LogType = "organization_member_added"
	LogFactorRequired        LogType = "mfar"
	LogFactorPassed          LogType = "gd_auth_succeed"
	LogFactorFailed          LogType = "gd_auth_failed"
	LogPushRejected          LogType = "gd_auth_rejected"
	LogFactorAsked           LogType = "gd_start_auth"
	LogEnrolmentStarted      LogType = "gd_start_enroll"
	LogEnrolled              LogType = "gd_enrollment_complete"
	LogUnenrolled            LogType = "gd_unenroll"
	LogWebAuthnFailed        LogType = "gd_webauthn_challenge_failed"
	LogPasskeyAsked          LogType = "passkey_challenge_started"
	LogPasskeyNotAsked       LogType = "passkey_challenge_failed"
	LogWebAuthnNotEnrolled   LogType = "gd_webauthn_enrollment_failed"
	LogFactorSMSSent         LogType = "gd_send_sms"
	LogFactorVoiceSent       LogType = "gd_send_voice"
	LogFactorMailSent        LogType = "gd_send_email"
	LogFactorPushSent        LogType = "gd_send_pn"
	LogAddressCodeSent       LogType = "gd_send_email_verification"
	LogAddressShown          LogType = "gd_auth_email_verification"
	LogFactorSMSNotSent      LogType = "gd_send_sms_failure"
	LogFactorVoiceNotSent    LogType = "gd_send_voice_failure"
	LogFactorPushNotSent     LogType = "gd_send_pn_failure"
	LogRecoveryPassed        LogType = "gd_recovery_succeed"
	LogRecoveryFailed        LogType = "gd_recovery_failed"
	LogTooManyFactors        LogType = "gd_otp_rate_limit_exceed"
	LogAccountBlocked        LogType = "limit_wc"
	LogAddressBlocked        LogType = "limit_mu"
	LogUnblocked             LogType = "ublkdu"
	LogBreachedLogin         LogType = "pwd_leak"
	LogBreachedSignup        LogType = "signup_pwd_leak"
	LogBreachedReset         LogType = "reset_pwd_leak"
	LogWarning               LogType = "w"
)

// LogID is the id of the n-th event of a tenant: 56 digits, whose last 33 count
// on.
//
// Observed: go-auth0, GET /api/v2/logs.
func LogID(at time.Time, n int) string {
	at = at.UTC()
	return fmt.Sprintf("900%s%06d%033d", at.Format("20060102150405"), at.Nanosecond()/1000, n)
}

// CountedAfter says whether the event came after the one with the id.
func (e LogEvent) CountedAfter(id string) bool { return logCount(e.ID) > logCount(id) }

func logCount(id string) string { return id[max(0, len(id)-33):] }

// ValidLogID says whether an id has the shape of LogID's.
func ValidLogID(id string) bool { return len(id) == 56 && strings.Trim(id, "0123456789") == "" }
