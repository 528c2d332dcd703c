package view

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// page holds the files of the page.
//
//go:embed page
var page embed.FS

const (
	// maxBody is the largest command, in bytes: a poke of every unit of a large sheet.
	maxBody = 256 << 10
	// policy lets the page load its own files and nothing else.
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// NewToken returns a token nobody can guess. It is no part of the simulation.
func NewToken() string { return strings.ToLower(rand.Text()) }

// Handler serves the page under /TOKEN/, to requests whose Host header calls the server by its address, by localhost or
// by one of the names. Where the server listens on every interface, any address of the machine that is written in numbers
// will do. A request without the token gets 403.
//
//	GET  /TOKEN/                     the page and its files
//	GET  /TOKEN/layout               what stays the same
//	GET  /TOKEN/events               what happens: history, then state and frame
//	GET  /TOKEN/units/{unit}         correlations of its noise with every unit's, couplings to what it hears
//	GET  /TOKEN/hubs/{hub}           couplings of every unit to it
//	POST /TOKEN/control              a command: {"action": "pause"}
func (h *Hub) Handler(token, address string, names ...string) http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic("view: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /events", h.events)
	mux.HandleFunc("GET /layout", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, about{h.layout, append([]string{}, h.options.Classes...), speeds, h.options.Replay})
	})
	mux.HandleFunc("GET /units/{number}", h.unit)
	mux.HandleFunc("GET /hubs/{number}", h.hub)
	mux.HandleFunc("POST /control", h.control)
	inner := http.StripPrefix("/"+token, http.NewCrossOriginProtection().Handler(mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		given, _, slash := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case !ownHost(r.Host, address, names):
			http.Error(w, "the live view is not called that: open it by the machine's IP address or its own name", http.StatusForbidden)
		case !slash || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1:
			http.Error(w, "the address lacks its token: open the one that murmur view printed", http.StatusForbidden)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			inner.ServeHTTP(w, r)
		}
	})
}

// ownHost reports whether a Host header names the server that listens on an address and has names. A name that somebody
// else made point here (DNS rebinding) is none of them.
func ownHost(host, address string, names []string) bool {
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	given, givenPort, err := net.SplitHostPort(host)
	if err != nil { // no port: that of http
		given, givenPort = strings.Trim(host, "[]"), "80"
	}
	if givenPort != port {
		return false
	}
	ip := net.ParseIP(name)
	if (ip == nil && name == "" || ip != nil && ip.IsUnspecified()) && net.ParseIP(given) != nil {
		return true
	}
	own := append([]string{name, "localhost", "127.0.0.1", "::1"}, names...)
	return slices.ContainsFunc(own, func(s string) bool { return strings.EqualFold(s, given) })
}

// numbered returns the number that a request is about, below n, or refuses it.
func numbered(w http.ResponseWriter, r *http.Request, what string, n int) (int, bool) {
	i, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || i < 0 || i >= n {
		refuse(w, http.StatusNotFound, fmt.Errorf("%s: there is no such %s", what, what))
		return 0, false
	}
	return i, true
}

// unit tells how the noise of a unit goes with that of others and what it hears; null where there is no noise yet.
func (h *Hub) unit(w http.ResponseWriter, r *http.Request) {
	if i, ok := numbered(w, r, "unit", h.layout.Columns*h.layout.Columns*h.layout.Units); ok {
		answer(w, http.StatusOK, struct {
			Correlations []byte `json:"correlations"`
			Couplings    []byte `json:"couplings"`
		}{floats(h.source.Correlations(i)), floats(h.source.Couplings(i))})
	}
}

// hub tells how strongly units hear a hub; null where there is no noise yet.
func (h *Hub) hub(w http.ResponseWriter, r *http.Request) {
	if k, ok := numbered(w, r, "hub", h.layout.Hubs); ok {
		answer(w, http.StatusOK, struct {
			Couplings []byte `json:"couplings"`
		}{floats(h.source.Hub(k))})
	}
}

// control takes a command.
func (h *Hub) control(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, errors.New("command: must be application/json"))
		return
	}
	c, err := decode(r.Body)
	if err == nil {
		err = h.do(c)
	}
	switch _, large := errors.AsType[*http.MaxBytesError](err); {
	case err == nil:
		answer(w, http.StatusOK, struct{}{})
	case large:
		refuse(w, http.StatusRequestEntityTooLarge, err)
	case errors.Is(err, errReplay), errors.Is(err, errOver), errors.Is(err, errFull):
		refuse(w, http.StatusConflict, err)
	case errors.Is(err, errQueue):
		refuse(w, http.StatusServiceUnavailable, err)
	default:
		refuse(w, http.StatusBadRequest, err)
	}
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	w.Write(encode(v))
}

func refuse(w http.ResponseWriter, code int, err error) {
	answer(w, code, struct {
		Error string `json:"error"`
	}{err.Error()})
}
