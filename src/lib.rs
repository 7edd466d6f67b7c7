//! Raftarium: a Raft cluster alive in a browser page.
