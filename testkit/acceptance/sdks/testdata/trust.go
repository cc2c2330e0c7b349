// Command trust fetches a URL and prints the status.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	fmt.Println(answer.StatusCode)
}
