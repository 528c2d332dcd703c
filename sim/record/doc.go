// Package record writes the folder of a run and reads its result back.
//
// A run folder is complete or not there at all: every file is written, synced and closed under a temporary name beside
// the folder, and one rename makes the folder appear. Whatever fails on the way, a full disk included, is an error that
// names the file, and nothing half written stays behind. A process that is killed leaves its NAME.partial-PID, never a
// folder that looks finished.
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
