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
//	cells          one row a cell, an arm under a perturbation of one strength: of all seeds, then of each
//	arms           one row an arm: of all seeds, then of each
//	curves         one row for an arm, a seed and a number of glimpses: how the noise was learned
//	outcomes       one row a decision
//	*.npz          noise couplings and weights, as numpy reads them
//
// and whatever other files the caller adds, such as report.html. Tables are Parquet files, compressed with zstd and with
// the scenario in their metadata, and all but the outcomes CSV files too; scenarios/outcomes.md says what is in them. For equal runs all but the manifest are byte-identical:
// no time, no host name, no map order gets into them.
package record
