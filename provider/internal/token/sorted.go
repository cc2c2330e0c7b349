package token

import (
	"maps"
	"slices"
)

// Sorted are the members of an object as Claims, by name.
func Sorted(members map[string]any) Claims {
	claims := make(Claims, 0, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		claims.add(name, members[name])
	}
	return claims
}
