//! Why not: what keeps an entry from being committed, a server from standing or leading, the cluster
//! from having a leader, a client or a read from its answer; and what would have to happen.

use super::super::refs;
use super::super::rules::Line;
use super::before::last;
use crate::kv::ClientId;
use crate::narrate::{self, fill, say, spoken};
use crate::raft::event::VoteRejected;
use crate::raft::ext::read::Stage;
use crate::raft::{Configuration, EntryId, Event, LogIndex, Node, NodeId, Role, ServerSet, Timer};
use crate::session::Session;
use crate::sim::{Fact, Server, Time, World};

/// The most answers that are given at once.
const MOST: usize = 12;

/// Something that is not so, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Not {
    /// What is not so: `C1 has no answer`.
    pub what: String,
    /// Why, with the present values.
    pub because: String,
    /// What would have to happen.
    pub needs: String,
    /// The line of Figure 2, or of an extension, that keeps it so.
    pub line: Option<Line>,
    /// The tokens of what it is about ([`refs`]).
    pub about: String,
}

fn not(what: String, because: String, needs: String, line: Line, about: String) -> Not {
    let line = Some(line);
    Not {
        what,
        because,
        needs,
        line,
        about,
    }
}

/// All that is waited for at the cursor: a leader, commits, answers.
pub fn all(session: &Session) -> Vec<Not> {
    let world = session.world();
    let mut all: Vec<Not> = nobody_leads(world).into_iter().collect();
    if let Some(leader) = leader(world) {
        let first = leader.commit_index().next();
        all.extend(
            (leader.log().last_index() >= first)
                .then(|| entry(world, leader.id(), first))
                .flatten(),
        );
    }
    let standing = world.servers().iter().filter(|server| {
        let node = server.node();
        node.is_some_and(|node| {
            matches!(
                node.role(),
                Role::Candidate { .. } | Role::PreCandidate { .. }
            )
        })
    });
    for server in standing {
        all.extend(of_server(world, server.id));
        all.extend(votes_denied(session, server.id));
    }
    all.extend(
        world
            .clients()
            .iter()
            .filter_map(|one| client(world, one.id)),
    );
    all.truncate(MOST);
    all
}

/// The leader of the latest term, if one is up.
fn leader(world: &World) -> Option<&Node> {
    world.find(world.leader()?)?.node()
}

/// Why nobody leads.
pub fn nobody_leads(world: &World) -> Option<Not> {
    if world.leader().is_some() {
        return None;
    }
    let of = world.configuration();
    let voters = of.all_voters();
    let up: ServerSet = voters
        .iter()
        .filter(|id| world.find(*id).is_some_and(Server::is_up))
        .collect();
    let what = say("Nobody leads").to_string();
    if !of.has_quorum(up) {
        let because = fill(
            "Only {} of {} voters are up ({}), and no majority is.",
            &[&up.len(), &voters.len(), &up],
        );
        let needs = fill("Restart {} more.", &[&missing(of, up)]);
        return Some(not(what, because, needs, Line::Candidates2, String::new()));
    }
    let best = up
        .iter()
        .filter_map(|id| votes(world.find(id)?.node()?))
        .max_by_key(|(_, votes)| votes.len());
    if let Some((id, votes)) = best {
        let because = fill(
            "{} asks for votes and has {} ({}).",
            &[&id, &of_all(votes, of), &votes],
        );
        let needs = fill(
            "{} more must vote for it, or another server stands in a later term.",
            &[&missing(of, votes)],
        );
        return Some(not(
            what,
            because,
            needs,
            Line::Candidates2,
            refs::named(id),
        ));
    }
    let next = up
        .iter()
        .filter_map(|id| Some((election_timer(world, id)?, id)))
        .min();
    let (because, needs) = match next {
        Some((at, id)) => (
            say("No election timer has expired yet, so nobody asks for votes.").into(),
            fill(
                "{}'s election timer must expire: {} from now.",
                &[&id, &wait(world, at)],
            ),
        ),
        None => (
            say("No server's election timer runs.").into(),
            say("Let a server time out.").into(),
        ),
    };
    Some(not(what, because, needs, Line::Followers2, String::new()))
}

/// The votes of a server that asks for some.
fn votes(node: &Node) -> Option<(NodeId, ServerSet)> {
    match node.role() {
        Role::Candidate { votes, .. } | Role::PreCandidate { votes } => Some((node.id(), *votes)),
        Role::Follower { .. } | Role::Leader(_) => None,
    }
}

/// Why a server does not stand for election, or does not lead.
pub fn of_server(world: &World, id: NodeId) -> Option<Not> {
    let server = world.find(id)?;
    let about = refs::named(id);
    let Some(node) = server.node() else {
        return Some(not(
            fill("{} does not stand for election", &[&id]),
            say("It has crashed.").into(),
            say("Restart it, then let its election timer expire.").into(),
            Line::Followers2,
            about,
        ));
    };
    let of = node.configuration();
    match node.role() {
        Role::Leader(_) => None,
        Role::Candidate { votes, .. } => Some(not(
            fill("{} does not lead", &[&id]),
            fill(
                "It has the votes of {} ({}).",
                &[&of_all(*votes, of), &votes],
            ),
            fill(
                "{} more must vote for it in term {}.",
                &[&missing(of, *votes), &node.term()],
            ),
            Line::Candidates2,
            about,
        )),
        Role::PreCandidate { votes } => Some(not(
            fill("{} starts no election", &[&id]),
            fill(
                "It has the pre-votes of {} ({}).",
                &[&of_all(*votes, of), &votes],
            ),
            fill("{} more must grant a pre-vote.", &[&missing(of, *votes)]),
            Line::PreVote3,
            about,
        )),
        Role::Follower { leader } => Some(follower(world, node, *leader)),
    }
}

fn follower(world: &World, node: &Node, leader: Option<NodeId>) -> Not {
    let id = node.id();
    let what = fill("{} does not stand for election", &[&id]);
    let about = refs::named(id);
    if !node.configuration().all_voters().contains(id) {
        let needs = fill("A configuration must give {} a vote.", &[&id]);
        return not(
            what,
            say("It has no vote.").into(),
            needs,
            Line::Membership4,
            about,
        );
    }
    if world.find(id).is_some_and(Server::is_paused) {
        let needs = say("Resume it.").to_string();
        return not(
            what,
            say("Its process is paused.").into(),
            needs,
            Line::Followers2,
            about,
        );
    }
    let left = election_timer(world, id).map(|at| wait(world, at));
    let left = left.unwrap_or_else(|| say("some time").into());
    let because = match leader {
        Some(leader) => fill(
            "It follows {}, and its election timer still has {}.",
            &[&leader, &left],
        ),
        None => fill("Its election timer still has {}.", &[&left]),
    };
    let needs = match leader {
        Some(leader) => fill("It must hear nothing from {} for {}.", &[&leader, &left]),
        None => fill(
            "It must hear from no leader and give no vote for {}.",
            &[&left],
        ),
    };
    not(what, because, needs, Line::Followers2, about)
}

/// The votes that a candidate was denied in this term, and those that a server denied: each with what
/// the voter compared.
pub fn votes_denied(session: &Session, id: NodeId) -> Vec<Not> {
    let voters = session.world().configuration().all_voters().without(id);
    let others = voters.iter().filter_map(|other| denied(session, other, id));
    let denies = voters.iter().filter_map(|other| denied(session, id, other));
    others.chain(denies).collect()
}

/// Why a server did not vote for another in its term.
fn denied(session: &Session, voter: NodeId, of: NodeId) -> Option<Not> {
    let world = session.world();
    let now = world.find(voter)?.term();
    let asks = votes(world.find(of)?.node()?).is_some();
    let found = last(session, world.last_step(), &|_, fact| match fact {
        Fact::Raft { server, event } if *server == voter => match event {
            Event::VoteDenied {
                candidate, ours, ..
            } => (*candidate == of).then_some(*ours == now),
            Event::PreVoteDenied { candidate, .. } => (*candidate == of).then_some(asks),
            Event::VoteGranted { candidate, .. } | Event::PreVoteGranted { candidate, .. } => {
                (*candidate == of).then_some(false)
            }
            _ => None,
        },
        _ => None,
    });
    let (record, place) = found?;
    let fact = &record.step.facts[place];
    let Fact::Raft { event, .. } = fact else {
        return None;
    };
    let line = match event {
        Event::VoteDenied { reason, .. } => match reason {
            VoteRejected::OldTerm { .. } => Line::RequestVote1,
            VoteRejected::LogBehind { .. } => Line::RequestVote2Log,
            VoteRejected::AlreadyVoted { .. } | VoteRejected::LeaderAlive { .. } => {
                Line::RequestVote2Vote
            }
        },
        _ => Line::PreVote2,
    };
    Some(not(
        fill("{} does not vote for {}", &[&voter, &of]),
        spoken().words().end(&record.sentence(Some(place))?.text),
        narrate::clause(spoken(), fact).text.into(),
        line,
        refs::named(voter),
    ))
}

/// When a server's election timer expires.
fn election_timer(world: &World, id: NodeId) -> Option<Time> {
    let up = world.find(id)?.up()?;
    let at = up.timers.get(Timer::Election).deadline;
    (at < Time::NEVER).then_some(at)
}

/// `83 ms`
fn wait(world: &World, at: Time) -> String {
    fill("{} ms", &[&at.saturating_sub(world.now()).0.div_ceil(1000)])
}

/// Why an entry of a server's log is not committed, as far as that server knows.
pub fn entry(world: &World, id: NodeId, index: LogIndex) -> Option<Not> {
    let server = world.find(id)?;
    let term = server.log().term(index)?;
    let position = EntryId { index, term };
    if server
        .node()
        .is_some_and(|node| node.commit_index() >= index)
    {
        return None;
    }
    let what = fill("Entry {} is not committed", &[&index]);
    let about = refs::entry(position);
    let Some(leader) = leader(world) else {
        return Some(not(
            what,
            say("Nobody leads, and only a leader commits.").into(),
            say("A server that has the entry must be elected.").into(),
            Line::Leaders4,
            about,
        ));
    };
    let lead = leader.id();
    if !leader.log().holds(position) {
        let needs = fill("It will be deleted when {} reaches {}.", &[&lead, &id]);
        let because = fill("The leader {} does not have this entry.", &[&lead]);
        return Some(not(what, because, needs, Line::AppendEntries3, about));
    }
    if leader.commit_index() >= index {
        return Some(not(
            fill(
                "{} does not know that entry {} is committed",
                &[&id, &index],
            ),
            fill(
                "{} has committed up to {}, and {} has not heard so.",
                &[&lead, &leader.commit_index(), &id],
            ),
            fill("{}'s next AppendEntries must reach {}.", &[&lead, &id]),
            Line::AppendEntries5,
            about,
        ));
    }
    let Role::Leader(state) = leader.role() else {
        return None;
    };
    let of = leader.configuration();
    let holders = state.holders(of.all_voters(), index);
    if of.has_quorum(holders) && term < leader.term() {
        return Some(not(
            what,
            fill(
                "{} hold it, but it is of term {}, and {} leads term {}.",
                &[&of_all(holders, of), &term, &lead, &leader.term()],
            ),
            fill(
                "An entry of term {} must be on a majority. Then both are committed.",
                &[&leader.term()],
            ),
            Line::Leaders4,
            about,
        ));
    }
    let lack = of.all_voters().except(holders);
    Some(not(
        what,
        fill(
            "{} knows of {} that hold it ({}).",
            &[&lead, &of_all(holders, of), &holders],
        ),
        fill(
            "{} of {} must store it, and tell {}.",
            &[&missing(of, holders), &lack, &lead],
        ),
        Line::Leaders4,
        about,
    ))
}

/// Why a client has no answer.
pub fn client(world: &World, id: ClientId) -> Option<Not> {
    let client = world.clients().iter().find(|client| client.id == id)?;
    let request = client.current.filter(|request| request.waiting)?;
    let asks = client.asks();
    let what = fill("{} has no answer to {}", &[&id, &request.op]);
    let about = refs::named(id);
    let server = world.find(asks)?;
    let again = fill(
        "{} asks again in {}",
        &[&id, &wait(world, request.retry_at)],
    );
    let Some(node) = server.node() else {
        let because = fill("It asked {}, which has crashed.", &[&asks]);
        return Some(not(
            what,
            because,
            spoken().words().end(&again),
            Line::Leaders2,
            about,
        ));
    };
    if let Some(read) = node
        .reads()
        .iter()
        .find(|read| read.id.client == id && read.id.serial == request.serial)
    {
        return Some(reading(what, node, read.stage, about));
    }
    let to = |packet: &&crate::sim::Packet| packet.from == id.into() && packet.to == asks.into();
    if world.network().packets().iter().any(|packet| to(&packet)) {
        let because = fill("Its request to {} is still on its way.", &[&asks]);
        let needs = fill("It must arrive at {}.", &[&asks]);
        return Some(not(what, because, needs, Line::Leaders2, about));
    }
    if !node.is_leader() {
        let because = fill("It asked {}, which does not lead.", &[&asks]);
        return Some(not(
            what,
            because,
            fill("{}, and must find the leader.", &[&again]),
            Line::Leaders2,
            about,
        ));
    }
    let first = node.commit_index().next();
    Some(match entry(world, asks, first) {
        Some(why) => Not {
            what,
            because: fill(
                "{} answers when the entry is committed and executed. {}",
                &[&asks, &why.because],
            ),
            needs: why.needs,
            line: why.line,
            about,
        },
        None => not(
            what,
            fill(
                "{} has no request of {} any more, or its reply is on its way.",
                &[&asks, &id],
            ),
            fill("The reply must arrive; else {}.", &[&again]),
            Line::Leaders2,
            about,
        ),
    })
}

/// Why a read waits at a server.
fn reading(what: String, node: &Node, stage: Stage, about: String) -> Not {
    let id = node.id();
    let (because, needs, line) = match stage {
        Stage::Settling => (
            fill(
                "{} has committed no entry of its term {} yet.",
                &[&id, &node.term()],
            ),
            say("An entry of that term must be committed.").into(),
            Line::ReadIndex1,
        ),
        Stage::Confirming { index, .. } => (
            fill(
                "The read index is {}, and {} does not know whether it still leads.",
                &[&index, &id],
            ),
            say("A majority must reply to a round that began after the read arrived.").into(),
            Line::ReadIndex3,
        ),
        Stage::Asked { leader, .. } => (
            fill("{} has asked {} for the read index.", &[&id, &leader]),
            fill("{} must confirm that it leads, and reply.", &[&leader]),
            Line::ReadIndex2,
        ),
        Stage::Applying { index } => (
            fill(
                "The read index is {}, and {} has executed up to {}.",
                &[&index, &id, &node.last_applied()],
            ),
            fill("{} must execute entry {}.", &[&id, &index]),
            Line::ReadIndex4,
        ),
    };
    not(what, because, needs, line, about)
}

/// `2 of 5`
fn of_all(servers: ServerSet, of: Configuration) -> String {
    let voters = of.all_voters();
    fill(
        "{} of {} voters",
        &[&servers.and(voters).len(), &voters.len()],
    )
}

/// How many more voters a majority needs; at least one, where both majorities of a joint
/// configuration are needed.
fn missing(of: Configuration, servers: ServerSet) -> usize {
    let voters = of.all_voters();
    let needed = voters.len() / 2 + 1;
    needed.saturating_sub(servers.and(voters).len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::{Question, Why};
    use super::*;

    fn session(text: &str) -> Session {
        let mut session = Session::read(text).unwrap();
        let now = session.now();
        session.advance(now);
        session
    }

    fn s(n: usize) -> NodeId {
        NodeId::new(n).unwrap()
    }

    fn run_until(session: &mut Session, done: impl Fn(&World) -> bool) {
        while !done(session.world()) {
            session.step_forward(false);
        }
    }

    #[test]
    fn nobody_leads_without_a_majority() {
        let session = session("servers 3\n seed 1\n clients 0\n crash S1\n crash S2");
        let why = nobody_leads(session.world()).unwrap();
        assert_eq!(
            why.because,
            "Only 1 of 3 voters are up (S3), and no majority is."
        );
        assert_eq!(why.needs, "Restart 1 more.");
        assert_eq!(why.line, Some(Line::Candidates2));
    }

    #[test]
    fn nobody_leads_before_a_timer_expires_or_the_votes_are_in() {
        let mut waits = session("servers 5\n seed 1\n clients 0");
        let why = nobody_leads(waits.world()).unwrap();
        assert!(why.needs.contains("election timer must expire"), "{why:?}");
        waits.act(crate::sim::Action::Timeout(s(2))).unwrap();
        let why = nobody_leads(waits.world()).unwrap();
        assert_eq!(why.because, "S2 asks for votes and has 1 of 5 voters (S2).");
        assert!(why.needs.starts_with("2 more must vote for it"), "{why:?}");
        let why = of_server(waits.world(), s(2)).unwrap();
        assert_eq!(why.what, "S2 does not lead");
        run_until(&mut waits, |world| world.leader() == Some(s(2)));
        assert_eq!(nobody_leads(waits.world()), None);
        assert_eq!(of_server(waits.world(), s(2)), None);
        waits.advance(waits.now() + Time::ms(60));
        let why = of_server(waits.world(), s(3)).unwrap();
        assert!(
            why.because
                .starts_with("It follows S2, and its election timer still has "),
            "{why:?}"
        );
    }

    /// S2 and S4 stand in one term; S3 votes for S4, which asked first.
    #[test]
    fn a_vote_that_was_denied_says_why_at_both_its_ends() {
        let text =
            "servers 4\n seed 1\n clients 0\n config latency=10ms\n timeout S4\n at 1ms timeout S2";
        let mut session = session(text);
        session.advance(Time::ms(15));
        for id in [2, 3] {
            let all = Why::of(&session, Question::Role(s(id))).unwrap().not;
            let why = all.iter().find(|not| not.what == "S3 does not vote for S2");
            let why = why.unwrap_or_else(|| panic!("{all:?}"));
            assert_eq!(
                why.because,
                "S3 denied S2 its vote: it already voted for S4 in term 1."
            );
            assert_eq!(
                why.needs,
                "One vote in each term, first come, first served."
            );
            assert_eq!(why.line, Some(Line::RequestVote2Vote));
        }
        // Of another term nobody asks any more.
        session.act(crate::sim::Action::Timeout(s(3))).unwrap();
        assert_eq!(votes_denied(&session, s(3)), []);
    }

    /// Figure 8: an entry of an earlier term on a majority.
    #[test]
    fn an_entry_of_an_earlier_term_waits_for_one_of_the_own() {
        let text = "servers 3\n seed 1\n clients 0\n config latency=10ms no-op=off\n S1 term 2 vote S1 log 1 2\n S2 term 2 vote S1 log 1 2\n S3 term 2 vote S1 log 1\n timeout S1";
        let mut session = session(text);
        run_until(&mut session, |world| {
            let node = world.server(s(1)).node().unwrap();
            matches!(node.role(), Role::Leader(state) if state.progress(s(2)).match_index == LogIndex(2))
        });
        let why = entry(session.world(), s(1), LogIndex(2)).unwrap();
        assert!(
            why.because.contains("it is of term 2, and S1 leads term 3"),
            "{why:?}"
        );
        assert!(why.needs.contains("An entry of term 3"), "{why:?}");
        assert_eq!(why.line, Some(Line::Leaders4));
        assert!(
            all(&session)
                .iter()
                .any(|one| one.line == Some(Line::Leaders4))
        );
    }

    #[test]
    fn a_client_waits_for_a_majority_and_for_a_server_that_is_up() {
        let mut session =
            session("servers 3\n seed 1\n clients 1\n config latency=10ms\n timeout S1");
        run_until(&mut session, |world| {
            world.servers()[0]
                .node()
                .is_some_and(|node| node.commit_index() >= LogIndex(1))
        });
        let act = |session: &mut Session, text: &str| {
            let action = crate::sim::text::parse_action(text).unwrap();
            session.act(action).unwrap();
        };
        act(&mut session, "isolate S1");
        act(&mut session, "request C1 x=1 to S1");
        session.advance(session.now() + Time::ms(30));
        let c1 = session.world().clients()[0].id;
        let why = client(session.world(), c1).unwrap();
        assert!(
            why.because
                .contains("S1 knows of 1 of 3 voters that hold it (S1)."),
            "{why:?}"
        );
        assert_eq!(why.needs, "1 of S2 S3 must store it, and tell S1.");
        act(&mut session, "crash S1");
        let why = client(session.world(), c1).unwrap();
        assert!(why.because.contains("which has crashed"), "{why:?}");
    }
}
