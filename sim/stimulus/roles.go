package stimulus

import (
	"regexp"
	"slices"
	"strings"
)

// part is what images are for.
type part int

const (
	train part = iota
	test
	validation
)

var partNames = [...]string{"training", "test", "validation"}

// partWords are the words by which file and folder names say it.
var partWords = map[string]part{
	"train": train, "training": train,
	"test": test, "testing": test, "t10k": test,
	"val": validation, "valid": validation, "validation": validation, "dev": validation,
}

// kindWords are the words by which names say whether a file holds labels.
var kindWords = map[string]bool{
	"images": false, "image": false, "imgs": false, "img": false, "data": false, "x": false,
	"labels": true, "label": true, "labs": true, "targets": true, "target": true, "classes": true, "y": true,
}

// role is what an array is by its name.
type role struct {
	part   part
	labels bool
}

func (r role) String() string {
	if r.labels {
		return partNames[r.part] + " labels"
	}
	return partNames[r.part] + " images"
}

var (
	word   = regexp.MustCompile(`[\p{L}\p{N}]+`)
	format = regexp.MustCompile(`^(npy|npz|gz|idx[0-9]?|ubyte|byte|int)$`)
	joined = regexp.MustCompile(`^(x|y)(train|test|val|valid)$|^(train|test|val|valid)(x|y|images|labels)$`)
)

// roleOf reads a name such as emnist-letters-train-images-idx3-ubyte.gz, x_test or
// trainY.npy: words of parts and kinds, in any order and case. stem is what else
// the name says, which tells data sets in one folder apart.
func roleOf(name string) (r role, stem string, ok bool) {
	var rest []string
	parts, kinds := 0, 0
	words := word.FindAllString(strings.ToLower(name), -1)
	for i := 0; i < len(words); i++ {
		w := words[i]
		if m := joined.FindStringSubmatch(w); m != nil {
			pieces := slices.DeleteFunc(m[1:], func(s string) bool { return s == "" })
			w = pieces[0]
			words = slices.Insert(words, i+1, pieces[1])
		}
		if p, is := partWords[w]; is {
			r.part = p
			parts++
		} else if labels, is := kindWords[w]; is {
			r.labels = labels
			kinds++
		} else if !format.MatchString(w) {
			rest = append(rest, w)
		}
	}
	return r, strings.Join(rest, "-"), parts == 1 && kinds == 1
}

// litter is what file managers, version control and people leave beside images;
// by name in lower case.
var litter = regexp.MustCompile(`^(\..*|thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r|__macosx|@eadir|lost\+found|\$recycle\.bin|system volume information|` +
	`(readme|license|licence|notice|copying|changelog|authors|citation)(\..*)?|.*\.(txt|md|rst|pdf|html?|csv|json|xml|ya?ml|log|bak|tmp|py|ipynb|sha256|md5)|.*~)$`)

// isLitter tells whether a name is known to be of no file of images.
func isLitter(name string) bool { return litter.MatchString(strings.ToLower(name)) }
