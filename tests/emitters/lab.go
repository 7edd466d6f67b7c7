// A Raft as students write it for the labs, traced by the recipe of docs/trace.md. Nothing waits for a clock: main
// says who stands for election. Replies are handled in goroutines of their own.
package main

import (
	"os"
	"strconv"
	"sync"
)

type State int

const (
	Follower State = iota
	Candidate
	Leader
)

type Entry struct {
	Term    int
	Command any
}

type Raft struct {
	mu                        sync.Mutex
	peers                     []*Raft
	me, currentTerm, votedFor int
	state                     State
	log                       []Entry
	commitIndex               int
	votes                     int
	nextIndex, matchIndex     []int
}

type RequestVoteArgs struct{ Term, CandidateId, LastLogIndex, LastLogTerm int }
type RequestVoteReply struct {
	Term        int
	VoteGranted bool
}
type AppendEntriesArgs struct {
	Term, LeaderId, PrevLogIndex, PrevLogTerm int
	Entries                                   []Entry
	LeaderCommit                              int
}
type AppendEntriesReply struct {
	Term    int
	Success bool
}

func Make(peers []*Raft, me int) *Raft {
	rf := &Raft{peers: peers, me: me, votedFor: -1}
	once.Do(func() {
		names := []string{}
		for i := range peers {
			names = append(names, strconv.Itoa(i))
		}
		tracer = New(os.Stdout, names...)
	})
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.trace("restart", nil)
	return rf
}

// The term of the entry at an index, from 1.
func (rf *Raft) termAt(index int) int {
	if index == 0 {
		return 0
	}
	return rf.log[index-1].Term
}

func (rf *Raft) adopt(term int) {
	if term > rf.currentTerm {
		rf.currentTerm, rf.votedFor, rf.state = term, -1, Follower
	}
}

// What a ticker does when the election timer has run out.
func (rf *Raft) elect() {
	rf.mu.Lock()
	rf.currentTerm, rf.votedFor, rf.state, rf.votes = rf.currentTerm+1, rf.me, Candidate, 1
	args := RequestVoteArgs{rf.currentTerm, rf.me, len(rf.log), rf.termAt(len(rf.log))}
	asks := []Msg{}
	for i := range rf.peers {
		if i != rf.me {
			asks = append(asks, args.msg(i))
		}
	}
	rf.trace("timeout", nil, asks...)
	rf.mu.Unlock()
	rf.each(func(i int) { rf.askForVote(i, args) })
}

// Does something for every other server, and waits until all is done.
func (rf *Raft) each(act func(i int)) {
	var done sync.WaitGroup
	for i := range rf.peers {
		if i != rf.me {
			done.Add(1)
			go func(i int) { defer done.Done(); act(i) }(i)
		}
	}
	done.Wait()
}

func (rf *Raft) askForVote(i int, args RequestVoteArgs) {
	reply := RequestVoteReply{}
	rf.peers[i].RequestVote(&args, &reply)
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.adopt(reply.Term)
	if rf.state == Candidate && rf.currentTerm == args.Term && reply.VoteGranted {
		rf.votes++
		if rf.votes > len(rf.peers)/2 {
			rf.state = Leader
			rf.nextIndex, rf.matchIndex = make([]int, len(rf.peers)), make([]int, len(rf.peers))
			for j := range rf.nextIndex {
				rf.nextIndex[j] = len(rf.log) + 1
			}
		}
	}
	rf.trace("recv", reply.msg(i, rf.me))
}

func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.adopt(args.Term)
	last := rf.termAt(len(rf.log))
	upToDate := args.LastLogTerm > last || args.LastLogTerm == last && args.LastLogIndex >= len(rf.log)
	if args.Term == rf.currentTerm && (rf.votedFor == -1 || rf.votedFor == args.CandidateId) && upToDate {
		rf.votedFor, reply.VoteGranted = args.CandidateId, true
	}
	reply.Term = rf.currentTerm
	rf.trace("recv", args.msg(rf.me), reply.msg(rf.me, args.CandidateId))
}

func (rf *Raft) Start(command any) {
	rf.mu.Lock()
	rf.log = append(rf.log, Entry{rf.currentTerm, command})
	rf.trace("propose", nil)
	rf.mu.Unlock()
	rf.replicate()
}

// One round of AppendEntries.
func (rf *Raft) replicate() {
	rf.mu.Lock()
	all := make([]AppendEntriesArgs, len(rf.peers))
	sent := []Msg{}
	for i := range rf.peers {
		previous := rf.nextIndex[i] - 1
		all[i] = AppendEntriesArgs{rf.currentTerm, rf.me, previous, rf.termAt(previous),
			append([]Entry{}, rf.log[previous:]...), rf.commitIndex}
		if i != rf.me {
			sent = append(sent, all[i].msg(i))
		}
	}
	rf.trace("send", nil, sent...)
	rf.mu.Unlock()
	rf.each(func(i int) { rf.askToAppend(i, all[i]) })
}

func (rf *Raft) askToAppend(i int, args AppendEntriesArgs) {
	reply := AppendEntriesReply{}
	rf.peers[i].AppendEntries(&args, &reply)
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.adopt(reply.Term)
	if rf.state == Leader && rf.currentTerm == args.Term {
		if reply.Success {
			rf.matchIndex[i] = args.PrevLogIndex + len(args.Entries)
			rf.nextIndex[i] = rf.matchIndex[i] + 1
		} else {
			rf.nextIndex[i]--
		}
		for n := len(rf.log); n > rf.commitIndex && rf.termAt(n) == rf.currentTerm; n-- {
			copies := 1
			for j := range rf.peers {
				if j != rf.me && rf.matchIndex[j] >= n {
					copies++
				}
			}
			if copies > len(rf.peers)/2 {
				rf.commitIndex = n
			}
		}
	}
	rf.trace("recv", reply.msg(i, &args))
}

func (rf *Raft) AppendEntries(args *AppendEntriesArgs, reply *AppendEntriesReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.adopt(args.Term)
	if args.Term == rf.currentTerm {
		rf.state = Follower
		if args.PrevLogIndex <= len(rf.log) && rf.termAt(args.PrevLogIndex) == args.PrevLogTerm {
			reply.Success = true
			for k, entry := range args.Entries {
				at := args.PrevLogIndex + k
				if at < len(rf.log) && rf.log[at].Term != entry.Term {
					rf.log = rf.log[:at]
				}
				if at == len(rf.log) {
					rf.log = append(rf.log, entry)
				}
			}
			last := args.PrevLogIndex + len(args.Entries)
			if args.LeaderCommit < last {
				last = args.LeaderCommit
			}
			if last > rf.commitIndex {
				rf.commitIndex = last
			}
		}
	}
	reply.Term = rf.currentTerm
	rf.trace("recv", args.msg(rf.me), reply.msg(rf.me, args))
}

func (a RequestVoteArgs) msg(to int) Msg {
	return Msg{"t": "RV", "f": name(a.CandidateId), "to": name(to), "term": a.Term, "li": a.LastLogIndex, "lt": a.LastLogTerm}
}

func (r RequestVoteReply) msg(from, to int) Msg {
	return Msg{"t": "RVR", "f": name(from), "to": name(to), "term": r.Term, "g": r.VoteGranted}
}

func (a AppendEntriesArgs) msg(to int) Msg {
	es := [][]any{}
	for _, e := range a.Entries {
		es = append(es, []any{e.Term, strconv.Itoa(e.Command.(int))})
	}
	return Msg{"t": "AE", "f": name(a.LeaderId), "to": name(to), "term": a.Term,
		"pi": a.PrevLogIndex, "pt": a.PrevLogTerm, "es": es, "c": a.LeaderCommit}
}

func (r AppendEntriesReply) msg(from int, a *AppendEntriesArgs) Msg {
	m := Msg{"t": "AER", "f": name(from), "to": name(a.LeaderId), "term": r.Term, "ok": r.Success}
	if r.Success {
		m["mi"] = a.PrevLogIndex + len(a.Entries)
	}
	return m
}

func main() {
	peers := make([]*Raft, 5)
	for i := range peers {
		peers[i] = Make(peers, i)
	}
	for round := 0; round < 4; round++ {
		leader := peers[round]
		leader.elect()
		for n := 0; n < 5; n++ {
			leader.Start(10*round + n)
		}
		leader.replicate()
	}
}
