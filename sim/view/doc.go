// Package view shows a live run in browsers and lets people poke it.
//
// A [Hub] stands between the run and the browsers. To the run it is the conductor: it paces it, hands it the pokes and
// takes its frames. To the browsers it is an http.Handler ([Hub.Handler]): a page, a stream of frames, a place for
// commands. The run never waits for a browser: there is room for one frame, the latest, and while the last one has not
// been taken, or nobody looks, none is made. A run at full speed spends at most a small share of its time on frames.
//
// The page is meant for the person who started the run and for nobody else: it is served on the loopback interface, the
// address holds a random token, the Host header must be one of the server's own names, commands from other origins are
// refused, and nothing on the page comes from elsewhere.
package view
