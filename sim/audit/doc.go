// Package audit holds a claim of robustness against what must be so if it is honest.
//
// It asks in two ways. The flags ask the model: does it draw fresh noise where it claims noise and none where it claims
// none, does it return logits, has it slopes, are they the right ones, does it look at the picture ([Audit.Flags]). The
// orders compare what attacks left standing on the same images: more steps are no weaker than one, a larger budget is no
// weaker than a smaller one, an attack that sees gradients is no weaker than one that does not ([Study.Checks]).
// [Audit.Run] makes the attacks that the orders need, and does both.
//
// Every check has a name that does not change ([Terms]), and every check is always returned: one that lacks its
// ingredients is a warning that says so, because a check that was not made must not look like one that passed.
//
// Where the decision is deterministic the orders are exact: one image more is one too many. Where noise is drawn, two
// draws of the same thing differ, so a check fails only where the exact McNemar test, which is a binomial test on the
// images that one attack breaks and the other does not, rejects at [Level]. With fewer than ten such images it cannot.
//
// Sources: Carlini and others, "On Evaluating Adversarial Robustness", arXiv 1902.06705 (most of the checks); Athalye,
// Carlini, Wagner, arXiv 1802.00420 (signs of masked gradients); Croce and Hein, AutoAttack, flags_doc.md (flags);
// Nicolae and others, Adversarial Robustness Toolbox, security_curve.py (the unbounded attack).
package audit
