package stimulus

import "strconv"

// ClassNames returns what the classes of a set of that name are called: articles of clothing for fashion-mnist, numbers
// for any other.
func ClassNames(set string, classes int) []string {
	if set == "fashion-mnist" && classes == 10 {
		return []string{"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"}
	}
	names := make([]string, classes)
	for c := range names {
		names[c] = strconv.Itoa(c)
	}
	return names
}
