// Package record writes the folder of a run and reads its result back.
//
// A run folder is complete or not there at all. It is written in a partial folder beside its place, DIR.partial, which
// takes the name when the run begins and holds what was finished of it, each arm of each seed as soon as it is: written
// under a temporary name, synced, renamed, and its folder synced. One rename then makes the run folder appear. Whatever
// fails on the way, a full disk or a loss of power included, costs what was under way and nothing that was finished; an
// error names the file. See Resume for how a run goes on.
//
// The folder holds
//
//	scenario.yaml  the scenario as resolved
//	manifest.json  who ran what, when, where and for how long: all that may differ between equal runs
//	result.json    measure.Result, numbers rounded to six digits after the point
//	cells.csv      one row a cell: an arm under a perturbation of one strength
//	cells.parquet  the same rows
//	arms.csv       one row an arm
//	*.npz          noise couplings and weights, as numpy reads them
//
// and whatever other files the caller adds, such as report.html. For equal runs all but the manifest are byte-identical:
// no time, no host name, no map order gets into them.
package record
