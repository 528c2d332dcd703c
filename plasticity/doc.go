// Package plasticity holds murmur's learning rules: how features, noise couplings and the readout change.
//
// A rule is a function of local quantities alone: a unit's own state and what its in-neighbours published. A batch of
// lanes is one step; sums over lanes run in lane order and sums over edges in edge order, so that a step has one result
// on every processor. To change a rule, change the one function that bears its name.
package plasticity

const badShape = "plasticity: lengths do not match"
