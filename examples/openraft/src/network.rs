//! Letters under way: nothing arrives unless the cluster delivers it.

use std::sync::{Arc, Mutex};

use openraft::error::{NetworkError, RPCError, RaftError};
use openraft::network::{RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse,
    VoteRequest, VoteResponse,
};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::messages;
use crate::types::{Raft, Types};

/// A request or a reply, and what happens when it arrives.
pub(crate) struct Letter {
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// As the trace tells it.
    pub(crate) told: Value,
    /// Gives it to the receiver. Whoever does not wait for an answer any more does not get it.
    pub(crate) deliver: Box<dyn FnOnce(Raft) -> bool + Send>,
}

/// What was sent since it was last looked at.
#[derive(Clone, Default)]
pub(crate) struct Post(Arc<Mutex<Vec<Letter>>>);

impl Post {
    pub(crate) fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut self.0.lock().expect("nobody panics with it"))
    }
    pub(crate) fn send(&self, letter: Letter) {
        self.0.lock().expect("nobody panics with it").push(letter);
    }

    /// Sends a request. The receiver answers it with `handle`, and the answer is a letter too.
    async fn ask<Answer, Handled>(
        &self,
        (from, to): (u64, u64),
        told: Value,
        handle: impl FnOnce(Raft) -> Handled + Send + 'static,
        tell: impl FnOnce(&Answer) -> Value + Send + 'static,
    ) -> Option<Answer>
    where
        Answer: Send + 'static,
        Handled: Future<Output = Option<Answer>> + Send,
    {
        let (answered, answer) = oneshot::channel();
        let post = self.clone();
        let deliver = move |raft: Raft| {
            tokio::spawn(async move {
                let Some(answer) = handle(raft).await else {
                    return;
                };
                post.send(Letter {
                    from: to,
                    to: from,
                    told: tell(&answer),
                    deliver: Box::new(move |_| answered.send(answer).is_ok()),
                });
            });
            true
        };
        self.send(Letter {
            from,
            to,
            told,
            deliver: Box::new(deliver),
        });
        answer.await.ok()
    }
}

/// The way from one node to the others, or to one of them.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) post: Post,
}

impl RaftNetworkFactory<Types> for Way {
    type Network = Self;

    async fn new_client(&mut self, to: u64, _: &openraft::EmptyNode) -> Self {
        Self { to, ..self.clone() }
    }
}

type Reply<T, E = openraft::error::Infallible> =
    Result<T, RPCError<u64, openraft::EmptyNode, RaftError<u64, E>>>;

/// The letter or its answer was lost.
fn lost<E: std::error::Error>() -> RPCError<u64, openraft::EmptyNode, RaftError<u64, E>> {
    RPCError::Network(NetworkError::new(&std::io::Error::other("lost")))
}

impl RaftNetwork<Types> for Way {
    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Types>,
        _: RPCOption,
    ) -> Reply<AppendEntriesResponse<u64>> {
        let ends = (self.from, self.to);
        let told = messages::append(ends, &request);
        let asked = (request.vote, messages::last(&request));
        let handle = |raft: Raft| async move { raft.append_entries(request).await.ok() };
        let tell = move |answer: &_| messages::append_reply(ends, asked, answer);
        let answer = self.post.ask(ends, told, handle, tell).await;
        answer.ok_or_else(lost)
    }

    async fn install_snapshot(
        &mut self,
        request: InstallSnapshotRequest<Types>,
        _: RPCOption,
    ) -> Reply<InstallSnapshotResponse<u64>, openraft::error::InstallSnapshotError> {
        let ends = (self.from, self.to);
        let told = messages::snapshot(ends, &request);
        let (last, vote) = (request.meta.last_log_id, request.vote);
        let handle = |raft: Raft| async move { raft.install_snapshot(request).await.ok() };
        let tell = move |answer: &_| messages::snapshot_reply(ends, last, vote, answer);
        let answer = self.post.ask(ends, told, handle, tell).await;
        answer.ok_or_else(lost)
    }

    async fn vote(&mut self, request: VoteRequest<u64>, _: RPCOption) -> Reply<VoteResponse<u64>> {
        let ends = (self.from, self.to);
        let told = messages::vote(ends, &request);
        let handle = |raft: Raft| async move { raft.vote(request).await.ok() };
        let tell = move |answer: &_| messages::vote_reply(ends, answer);
        let answer = self.post.ask(ends, told, handle, tell).await;
        answer.ok_or_else(lost)
    }
}
