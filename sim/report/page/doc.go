// Package page makes the report one can send: report.html, one file that needs no other and no network, and figures/,
// every figure of it as SVG and PNG with its data as CSV.
//
// It reads results (package measure) and the arrays of a run folder, and never the network. Equal results give equal
// bytes: no time, no machine and no random draw but of the counter-based kind gets in. What is missing from a result is
// left out of the page; what hurts is shown as large as what helps, and never by colour alone.
//
// Figures are drawn as scenes, lists of lines, boxes and letters, which are then written as SVG for the page (in colours
// that follow the reader's light or dark mode), as SVG in fixed colours, and as PNG.
package page
