// Package kernel holds murmur's arithmetic: weighted sums over edges, learning sums over lanes, and the elementary
// functions, all in float32.
//
// Every product is rounded before it is added, never fused, and every sum has one order: a weighted sum runs over
// edges for each lane, a learning sum over lanes for each edge. So a kernel gives the same bits on every processor and
// for every way of splitting its work.
package kernel
