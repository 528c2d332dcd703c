package modification

import (
	"slices"
	"strings"
)

// Family is a set of modifications that belong together.
type Family struct {
	Name string
	Doc  string // what it is, in a few words
	// Members are the names of its modifications, in the order of the original.
	Members []string
	// Reported is whether people report means over the set: those of its members
	// that do not stand in for what is not shipped.
	Reported bool
}

// own is the family of murmur's own modifications, whose names have no family in
// front.
const own = "murmur"

// families are all modifications.
var families = []struct {
	Family
	members []Modification
}{
	{Family{Name: own, Doc: "murmur's own"}, table[:]},
	{Family{Name: "mnist-c", Doc: "the 15 of MNIST-C", Reported: true}, mnistTable},
	{Family{Name: "mnist-c-extra", Doc: "the 16 others of the code of MNIST-C", Reported: true}, mnistExtra},
	{Family{Name: "mnist-c-twins", Doc: "two blurs of MNIST-C in both directions, of no published set"}, mnistTwins},
	{Family{Name: "cifar-c", Doc: "the 15 of CIFAR-10-C", Reported: true}, cifarTable},
	{Family{Name: "cifar-c-validation", Doc: "the 4 that CIFAR-10-C keeps for validation", Reported: true}, cifarValidation},
	{Family{Name: "paper", Doc: "those of arXiv 2606.13801", Reported: true}, paperTable},
}

// every holds all modifications, family by family.
var every = gather()

func gather() (list []Modification) {
	for i := range families {
		f := &families[i]
		for _, m := range f.members {
			if f.Name != own {
				m.Name = f.Name + "/" + m.Name
			}
			if m.Unit == "level" {
				m.whole, m.Low = true, 1
			}
			f.Members = append(f.Members, m.Name)
			list = append(list, m)
		}
	}
	return list
}

// Names returns the names of all modifications: murmur's own in alphabetical
// order, then family by family in the order of each.
func Names() []string {
	names := make([]string, len(every))
	for i := range every {
		names[i] = every[i].Name
	}
	return names
}

// Families returns all families: murmur's own and the sets of others.
func Families() []Family {
	list := make([]Family, len(families))
	for i, f := range families {
		list[i] = f.clone()
	}
	return list
}

// LookupFamily returns the family with that name and whether there is one.
func LookupFamily(name string) (Family, bool) {
	for _, f := range families {
		if f.Name == name {
			return f.clone(), true
		}
	}
	return Family{}, false
}

func (f Family) clone() Family {
	f.Members = slices.Clone(f.Members)
	return f
}

// Former returns the name of the modification that once had another, when the
// sets of mnist-c and cifar-c that people report were one family each with what
// their code holds besides, and whether there is one.
func Former(name string) (now string, ok bool) {
	family, member, _ := strings.Cut(name, "/")
	i := slices.IndexFunc(every, func(m Modification) bool {
		return strings.HasPrefix(m.Name, family+"-") && strings.HasSuffix(m.Name, "/"+member)
	})
	if _, is := Lookup(name); is || member == "" || i < 0 {
		return "", false
	}
	return every[i].Name, true
}

// Shown is a name as it stands beside a number: one that stands in for another
// carries a star.
func Shown(name string) string {
	if m, ok := Lookup(name); ok && m.StandIn {
		return name + "*"
	}
	return name
}

// Lookup returns the modification with that name and whether there is one.
func Lookup(name string) (Modification, bool) {
	i := slices.IndexFunc(every, func(m Modification) bool { return m.Name == name })
	if i < 0 {
		return Modification{}, false
	}
	m := every[i]
	m.Values = slices.Clone(m.Values)
	return m, true
}
