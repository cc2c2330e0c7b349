package password

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// phc is a string of the form $id[$v=version][$param=value,…]$salt$hash.
//
// Source: PHC string format (github.com/P-H-C/phc-string-format).
type phc struct {
	id         string
	version    int // 0 when the string names none
	params     map[string]int
	salt, hash []byte
}

// parsePHC reads value. A parameter that is not in known is an error: leaving
// one out would compute a different hash.
func parsePHC(value string, known ...string) (*phc, error) {
	fields := strings.Split(value, "$")
	if len(fields) < 4 || fields[0] != "" {
		return nil, errors.New("hash.value is not a PHC string: $id$param=value,…$salt$hash")
	}
	p := &phc{id: fields[1], params: map[string]int{}}
	fields = fields[2:]
	if v, ok := strings.CutPrefix(fields[0], "v="); ok {
		n, err := number("v", v)
		if err != nil {
			return nil, err
		}
		p.version, fields = n, fields[1:]
	}
	if len(fields) > 0 && strings.Contains(fields[0], "=") {
		if err := p.parseParams(fields[0], known); err != nil {
			return nil, err
		}
		fields = fields[1:]
	}
	if len(fields) != 2 {
		return nil, errors.New("hash.value needs a salt and a hash behind the parameters: …$salt$hash")
	}
	var err error
	if p.salt, err = decodeB64(fields[0]); err != nil {
		return nil, fmt.Errorf("the salt in hash.value %w", err)
	}
	if p.hash, err = decodeB64(fields[1]); err != nil {
		return nil, fmt.Errorf("the hash in hash.value %w", err)
	}
	if len(p.hash) == 0 {
		return nil, errors.New("the hash in hash.value is empty")
	}
	return p, nil
}

func (p *phc) parseParams(list string, known []string) error {
	for pair := range strings.SplitSeq(list, ",") {
		name, value, _ := strings.Cut(pair, "=")
		if !slices.Contains(known, name) {
			return fmt.Errorf("hash.value has the parameter %q; known are %s", name, strings.Join(known, ", "))
		}
		n, err := number(name, value)
		if err != nil {
			return err
		}
		if _, twice := p.params[name]; twice {
			return fmt.Errorf("hash.value has the parameter %q twice", name)
		}
		p.params[name] = n
	}
	return nil
}

// param is the value of a parameter, or otherwise when it is left out.
func (p *phc) param(name string, otherwise int) int {
	if n, ok := p.params[name]; ok {
		return n
	}
	return otherwise
}

// number reads a positive decimal of at most 31 bits.
func number(name, s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("hash.value: %s=%s is not a positive number", name, s)
	}
	return int(n), nil
}
