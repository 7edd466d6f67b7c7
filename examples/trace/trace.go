// Writes a trace of your Raft for `raftarium-lab check` (docs/trace.md).
// Call Step at the end of each handler, while you still hold the server's lock.
package main

import (
	"encoding/json"
	"os"
	"sync"
)

// Msg holds the fields of a message by their names, as "t", "f", "to", "term".
type Msg map[string]any

// State is the server after the step. An empty log may be nil.
type State struct {
	Term   int     `json:"term"`
	Vote   string  `json:"vote"`
	Role   string  `json:"role"` // "F", "C" or "L"
	Log    [][]any `json:"log"`  // [term, value] each
	Commit int     `json:"commit"`
}

// Trace writes one JSON object a line. Servers may share it: it has a lock of its own.
type Trace struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func New(file *os.File, servers ...string) *Trace {
	t := &Trace{enc: json.NewEncoder(file)}
	t.enc.Encode(map[string]any{"e": "init", "servers": servers})
	return t
}

func (t *Trace) Step(kind, server string, received Msg, s State, out ...Msg) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.enc.Encode(map[string]any{"e": kind, "n": server, "m": received, "s": s, "out": out})
}

// Three servers elect n1, which commits one entry.
func main() {
	t := New(os.Stdout, "n1", "n2", "n3")
	ask := Msg{"t": "RV", "f": "n1", "to": "n2", "term": 1, "li": 0, "lt": 0}
	t.Step("timeout", "n1", nil, State{1, "n1", "C", nil, 0}, ask)
	yes := Msg{"t": "RVR", "f": "n2", "to": "n1", "term": 1, "g": true}
	t.Step("recv", "n2", ask, State{1, "n1", "F", nil, 0}, yes)
	t.Step("recv", "n1", yes, State{1, "n1", "L", nil, 0})
	log := [][]any{{1, "x=1"}}
	ae := Msg{"t": "AE", "f": "n1", "to": "n2", "term": 1, "pi": 0, "pt": 0, "es": log, "c": 0}
	t.Step("propose", "n1", nil, State{1, "n1", "L", log, 0}, ae)
	ack := Msg{"t": "AER", "f": "n2", "to": "n1", "term": 1, "ok": true, "mi": 1}
	t.Step("recv", "n2", ae, State{1, "n1", "F", log, 0}, ack)
	t.Step("recv", "n1", ack, State{1, "n1", "L", log, 1})
}
