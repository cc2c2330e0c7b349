package tenant

// logWords are for people who do not know the codes.
var logWords = map[LogType]string{
	LogSuccessLogin:          "Logged in",
	LogFailedLogin:           "Login failed",
	LogFailedLoginPassword:   "Wrong password",
	LogFailedLoginUser:       "Unknown user",
	LogSuccessSilent:         "Logged in silently",
	LogFailedSilent:          "Silent login failed",
	LogSuccessCrossOrigin:    "Cross-origin login",
	LogFailedCrossOrigin:     "Cross-origin login failed",
	LogSuccessLogout:         "Logged out",
	LogFailedLogout:          "Logout failed",
	LogSuccessBackchannel:    "Logout token delivered",
	LogFailedBackchannel:     "Logout token not delivered",
	LogSuccessCode:           "Code exchanged",
	LogFailedCode:            "Code exchange failed",
	LogSuccessMachine:        "Machine got a token",
	LogFailedMachine:         "Machine got no token",
	LogSuccessPassword:       "Password exchanged",
	LogFailedPassword:        "Password exchange failed",
	LogFailedPasswordlessOTP: "One-time code exchange failed",
	LogSuccessRefresh:        "Refreshed",
	LogFailedRefresh:         "Refresh failed",
	LogFailedRotating:        "Rotated refresh token used again",
	LogSuccessRevoke:         "Refresh token revoked",
	LogSuccessDevice:         "Device got tokens",
	LogFailedDevice:          "Device got no tokens",
	LogDeviceActivationFail:  "Device request failed",
	LogDeviceCodeFail:        "Device activation failed",
	LogDeviceDenied:          "Device turned away",
	LogSuccessNativeSocial:   "Native social login",
	LogFailedNativeSocial:    "Native social login failed",
	LogSuccessCustomExchange: "Custom token exchange",
	LogFailedCustomExchange:  "Custom token exchange failed",
	LogSuccessOnBehalf:       "On-behalf-of exchange",
	LogFailedOnBehalf:        "On-behalf-of exchange failed",
	LogCIBAStarted:           "CIBA started",
	LogCIBAStartFailed:       "CIBA start failed",
	LogCIBAExchanged:         "CIBA exchanged",
	LogCIBAExchangeFailed:    "CIBA exchange failed",
	LogFailedPAR:             "Pushed request refused",
	LogSuccessSignup:         "Signed up",
	LogFailedSignup:          "Sign-up failed",
	LogChangePasswordSent:    "Password reset sent",
	LogChangePasswordFailed:  "Password reset not sent",
	LogPasswordChanged:       "Password changed",
	LogPasswordChangeFailed:  "Password change failed",
	LogEmailChanged:          "E-mail address changed",
	LogUserDeleted:           "User deleted",
	LogUniversalLogout:       "Universal logout",
	LogUniversalLogoutFailed: "Universal logout failed",
	LogCodeSent:              "Code or link mailed",
	LogSMSCodeSent:           "Code sent by text message",
	LogSuccessAPI:            "Management API call",
	LogWarning:               "Warning",
}

// Words says what happened; a code nobody has words for stands for itself.
func (t LogType) Words() string {
	if words, ok := logWords[t]; ok {
		return words
	}
	return string(t)
}
