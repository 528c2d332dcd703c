package stimulus

import (
	"cmp"
	"context"
	"math"
	"slices"

	"murmur/neuron/random"
)

// Stratified returns a copy of n images of s in a drawn order of which every prefix is a stratified sample of s: of its k
// images each class has its share of s, to less than one image. Index says where they stand in s, or in the files that s
// was read from. It panics if n is not in 0..Len(). If the context ends it returns its error.
//
// The key draws which images of a class come first from what they show, not from where they stand. So the same pictures
// come in the same order however their files are sorted; of equal ones only the place in the files may differ.
func (s *Set) Stratified(ctx context.Context, key random.Key, n int) (*Set, error) {
	if n < 0 || n > s.Len() {
		panic(badCount)
	}
	order, err := s.stratified(ctx, key)
	if err != nil {
		return nil, err
	}
	return s.Subset(order[:n]), nil
}

// stratified returns the whole order.
func (s *Set) stratified(ctx context.Context, key random.Key) ([]int, error) {
	members, err := s.drawn(ctx, key)
	if err != nil {
		return nil, err
	}
	var turn []int // classes as they come where several are due at once
	for class, m := range members {
		if len(m) > 0 {
			turn = append(turn, class)
		}
	}
	key.Stream(0, 0).Shuffle(len(turn), func(i, j int) { turn[i], turn[j] = turn[j], turn[i] })

	// Image j of a class may be taken into a prefix of which the class's share is above j, and must be in those of which it
	// is j + 1 or more. To take what is due first, of what may be taken, is to be late with nothing (proportionate
	// fairness: Baruah, Cohen, Plaxton and Varvel, Algorithmica 15, 600, 1996).
	taken := make([]int64, len(members))
	order := make([]int, 0, s.Len())
	all := int64(s.Len())
	for k := range all {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		next, soonest := -1, int64(math.MaxInt64)
		for _, class := range turn {
			size, j := int64(len(members[class])), taken[class]
			if j < size && j*all < (k+1)*size {
				if due := ((j+1)*all + size - 1) / size; due < soonest {
					next, soonest = class, due
				}
			}
		}
		order = append(order, members[next][taken[next]])
		taken[next]++
	}
	return order, nil
}

// drawn lists the images of every class in the order that the key draws.
func (s *Set) drawn(ctx context.Context, key random.Key) ([][]int, error) {
	type picture struct {
		shows uint64
		class uint8
	}
	type rank struct {
		place    uint64
		copy     uint32
		position int
	}
	copies := map[picture]uint32{} // met so far
	ranks := make([][]rank, s.Classes)
	for i, shows := range s.digests() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p := picture{shows, s.Labels[i]}
		w := key.Words(uint32(shows), uint32(shows>>32), copies[p])
		ranks[p.class] = append(ranks[p.class], rank{uint64(w[0])<<32 | uint64(w[1]), copies[p], i})
		copies[p]++
	}
	members := make([][]int, s.Classes)
	for class, list := range ranks {
		slices.SortFunc(list, func(a, b rank) int {
			return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.copy, b.copy), cmp.Compare(a.position, b.position))
		})
		for _, r := range list {
			members[class] = append(members[class], r.position)
		}
	}
	return members, nil
}
