package store

import (
	"reflect"
	"slices"
	"testing"
)

// A login that goes on as somebody else keeps what is of the browser and of the
// request, and nothing of the person before. Whoever adds a field says here, or
// in Begin, which of the two it is.
func TestNothingOfThePersonBeforeOutlivesTheirLogin(t *testing.T) {
	t.Parallel()
	stays := []string{"ID", "DeviceID", "Request", "Identifier", "Candidates", "LoginAnswer", "SessionID", "Captured", "Shown", "Browser"}
	var before Transaction
	fields := reflect.ValueOf(&before).Elem()
	for i := range fields.NumField() {
		fill(t, fields.Field(i))
	}
	before.Begin("sess_2")
	if before.SessionID != "sess_2" || before.Request.FactorShown {
		t.Errorf("the login is of session %q, its factor shown %v", before.SessionID, before.Request.FactorShown)
	}
	for i := range fields.NumField() {
		if name := fields.Type().Field(i).Name; fields.Field(i).IsZero() == slices.Contains(stays, name) {
			t.Errorf("%s is now %v", name, fields.Field(i))
		}
	}
}

// fill makes a value other than zero.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Bool || f.Kind() == reflect.String {
				fill(t, f)
			}
		}
	default:
		t.Fatalf("no value of kind %s", v.Kind())
	}
}
