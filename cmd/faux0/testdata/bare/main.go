// Command bare is what faux0 is measured against: net/http, one RSA key, and
// nothing else. It signs one token at its start, as a server that has to show
// it can, and then answers with a fixed document.
package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	data, err := os.ReadFile(os.Args[1])
	check(err)
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	check(err)
	sum := sha256.Sum256([]byte("header.payload"))
	_, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	check(err)
	document, err := os.ReadFile(os.Args[2])
	check(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Fprintf(os.Stderr, "http://%s\n", l.Addr())
	check(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(document)
	})))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
