package modification

import "slices"

// families are the published sets, each in the order of its original.
var families = []struct {
	name    string
	members []Modification
}{
	{"mnist-c", mnistTable},
	{"cifar-c", cifarTable},
	{"paper", paperTable},
}

// every holds murmur's own modifications and then those of the families.
var every = gather()

func gather() []Modification {
	list := slices.Clone(table[:])
	for _, f := range families {
		for _, m := range f.members {
			m.Name = f.name + "/" + m.Name
			if m.Unit == "level" {
				m.whole, m.Low = true, 1
			}
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

// Families returns the names of the families: the published sets.
func Families() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.name
	}
	return names
}

// Family returns the names of the members of a family, in the order of the
// original. The family "" holds murmur's own; an unknown one holds nothing.
func Family(name string) []string {
	var names []string
	if name == "" {
		for _, m := range table {
			names = append(names, m.Name)
		}
	}
	for _, f := range families {
		if f.name == name {
			for _, m := range f.members {
				names = append(names, f.name+"/"+m.Name)
			}
		}
	}
	return names
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
