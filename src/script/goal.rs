//! Goals: what somebody is to bring about, as a predicate over what happens from a moment on.
//!
//! ```text
//! crashed leader then leader elected then answered
//! two leaders and no vote denied         # what only ever holds at a moment is said as a condition
//! split vote then leader elected
//! ```
//!
//! `then` puts stages in order; in a stage, `and` asks for several things, in any order, and `or`
//! for one of several. A [`Mark`] is something that happens or holds; whatever is none is a
//! [`Condition`]. Nothing counts before the first action: what comes about by itself is nobody's
//! doing.

use std::sync::Arc;

use super::condition::Condition;
use crate::check::Checker;
use crate::kv::{ClientId, Key};
use crate::raft::event::VoteRejected;
use crate::raft::{Event, Message, NodeId, Payload, Role, ServerSet, Term};
use crate::sim::text;
use crate::sim::{Action, Body, Cause, Fact, Link, Server, Step, StepId, Time, World};

/// What is to be brought about. An empty goal is met at once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Goal {
    stages: Vec<Stage>,
}

/// One of these is wanted: all of its marks.
type Stage = Vec<Vec<Wanted>>;

/// Something wanted of a stage.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Wanted {
    /// It happens, at some step of the stage.
    Happens(Mark),
    /// It holds, at the step that ends the stage.
    Holds(Condition),
    /// It holds, at the step that ends the stage.
    Looks(Sight),
}

/// Something that happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// `acknowledged`: a leader learned that a follower has stored entries.
    Acknowledged,
    /// `answered`: a client has an answer.
    Answered,
    /// `new request answered`: to something that it asked for in this very stage.
    AnsweredAnew,
    /// `appended`: a leader put an entry into its log.
    Appended,
    /// `committed x`: a request about that key is in somebody's state machine.
    Committed(Key),
    /// `configured`: somebody changed a setting.
    Configured,
    /// `crashed leader`, `crashed follower`, `crashed S2`: somebody crashed it.
    Crashed(Whom),
    /// `cut`: somebody cut a link, or divided the network.
    Cut,
    /// `delivered`: somebody let a message arrive.
    Delivered,
    /// `healed`: somebody mended the network, and nothing is cut any more.
    Healed,
    /// `leader elected`: a candidate got its majority.
    LeaderElected,
    /// `elected by a bare majority`: the same, while a request for a vote of that term is under
    /// way.
    LeaderElectedBarely,
    /// `requested`, `C1 requested`: a client asks for something.
    Requested(Option<ClientId>),
    /// `restarted`: a server was started again.
    Restarted,
    /// `rolled back`: a server deleted entries that conflict with its leader's.
    RolledBack,
    /// `leader stepped down`: a leader or candidate became a follower.
    SteppedDown,
    /// `stored`: a follower stored entries it did not have.
    Stored,
    /// `timed out`: somebody let an election timer run out.
    TimedOut,
    /// `vote denied`, `vote denied for voted`, `vote denied for behind`
    VoteDenied(Option<Why>),
    /// `vote granted`
    VoteGranted,
}

/// Something to be seen at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    /// `leader alone committed`: the leader knows of a committed entry that no follower knows to
    /// be.
    LeaderAlone,
    /// `logs agree`: all servers are up and their logs are the same.
    LogsAgree,
    /// `split vote`: several candidates in the latest term, every vote of it given, none elected.
    SplitVote,
    /// `two leaders`: two servers lead, in different terms.
    TwoLeaders,
    /// `whole`: all servers are up and no link is cut.
    Whole,
}

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    /// One that does not lead.
    Follower,
    /// One that leads.
    Leader,
    /// This one.
    Server(NodeId),
}

/// Why a vote was denied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The candidate's log is behind.
    Behind,
    /// The vote was given to another.
    Voted,
}

/// How far a run has come towards a goal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watch {
    goal: Arc<Goal>,
    /// The first stage that is not done.
    stage: usize,
    /// When it began.
    since: Time,
    /// A bit for each mark of the stage that was seen, in the order of the text.
    seen: u32,
    /// Whether anything was done yet.
    acted: bool,
    /// Who led before the step.
    led: ServerSet,
    /// The step that met it.
    met: Option<StepId>,
}

impl Watch {
    /// Begins to watch at the moment of `world`.
    pub fn new(goal: Arc<Goal>, world: &World) -> Self {
        let met = goal.stages.is_empty().then(|| world.last_step());
        Self {
            goal,
            stage: 0,
            since: world.now(),
            seen: 0,
            acted: false,
            led: leaders(world),
            met,
        }
    }

    /// The step at which the goal was met, if it was.
    pub fn met(&self) -> Option<StepId> {
        self.met
    }

    /// How many of the goal's stages are done, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.stage, self.goal.stages.len())
    }

    /// Looks at what `step` made of `world`.
    pub fn observe(&mut self, world: &World, checker: &Checker, step: &Step) {
        self.acted |= matches!(step.cause, Cause::Action(_));
        if self.acted && self.met.is_none() {
            self.advance(world, checker, step);
        }
        self.led = leaders(world);
    }

    fn advance(&mut self, world: &World, checker: &Checker, step: &Step) {
        let goal = self.goal.clone();
        // What happens at a step counts for one stage; what holds may hold for the next as well.
        let mut happens = true;
        while let Some(stage) = goal.stages.get(self.stage) {
            if !self.is_done(stage, happens, world, checker, step) {
                return;
            }
            (self.stage, self.since, self.seen) = (self.stage + 1, world.now(), 0);
            happens = false;
        }
        self.met = Some(step.id);
    }

    fn is_done(
        &mut self,
        stage: &Stage,
        happens: bool,
        world: &World,
        checker: &Checker,
        step: &Step,
    ) -> bool {
        let mut bit = 1;
        let mut done = false;
        for wanted in stage {
            let mut all = true;
            for one in wanted {
                all &= match one {
                    Wanted::Happens(mark) => {
                        if happens && self.is_marked(*mark, world, step) {
                            self.seen |= bit;
                        }
                        self.seen & bit != 0
                    }
                    Wanted::Holds(condition) => condition.holds(world, checker, true),
                    Wanted::Looks(sight) => sight.is_seen(world),
                };
                bit = bit.wrapping_shl(1);
            }
            done |= all;
        }
        done
    }

    fn is_marked(&self, mark: Mark, world: &World, step: &Step) -> bool {
        let action = match &step.cause {
            Cause::Action(action) => Some(&**action),
            _ => None,
        };
        match mark {
            Mark::Crashed(whom) => {
                matches!(action, Some(Action::Crash(id)) if self.is_whom(whom, *id))
            }
            Mark::Configured => matches!(action, Some(Action::Configure(_))),
            Mark::Cut => matches!(
                action,
                Some(Action::Cut(_) | Action::Isolate(_) | Action::Partition(_))
            ),
            Mark::Delivered => matches!(
                action,
                Some(Action::Deliver(_) | Action::Release(Link::All | Link::OneWay(..)))
            ),
            Mark::Healed => matches!(action, Some(Action::Heal(_))) && is_whole(world),
            Mark::TimedOut => matches!(action, Some(Action::Timeout(_))),
            _ => step
                .facts
                .iter()
                .any(|fact| self.is_marked_by(mark, fact, world)),
        }
    }

    fn is_marked_by(&self, mark: Mark, fact: &Fact, world: &World) -> bool {
        match (mark, fact) {
            (Mark::AnsweredAnew, Fact::Answered { asked_at, .. }) => *asked_at >= self.since,
            (Mark::Committed(key), Fact::Executed { server, index, .. }) => {
                let entry = world.server(*server).log().get(*index);
                entry.is_some_and(|entry| match entry.payload {
                    Payload::Command(command) => command.op.key() == key,
                    _ => false,
                })
            }
            (Mark::Answered, Fact::Answered { .. })
            | (Mark::Requested(None), Fact::Asked { .. })
            | (Mark::Restarted, Fact::Restarted { .. }) => true,
            (Mark::Requested(Some(wanted)), Fact::Asked { client, .. }) => wanted == *client,
            (_, Fact::Raft { event, .. }) => is_marked_by_event(mark, event, world),
            _ => false,
        }
    }

    fn is_whom(&self, whom: Whom, id: NodeId) -> bool {
        match whom {
            Whom::Follower => !self.led.contains(id),
            Whom::Leader => self.led.contains(id),
            Whom::Server(server) => server == id,
        }
    }
}

fn is_marked_by_event(mark: Mark, event: &Event, world: &World) -> bool {
    match (mark, event) {
        (Mark::Acknowledged, Event::MatchAdvanced { .. })
        | (Mark::Appended, Event::EntryAppended { .. })
        | (Mark::LeaderElected, Event::BecameLeader { .. })
        | (Mark::RolledBack, Event::EntriesDeleted { .. })
        | (Mark::SteppedDown, Event::SteppedDown { .. })
        | (Mark::VoteDenied(None), Event::VoteDenied { .. })
        | (Mark::VoteGranted, Event::VoteGranted { .. }) => true,
        (Mark::LeaderElectedBarely, Event::BecameLeader { term, votes, .. }) => {
            votes.len() == world.majority() && asks_for_votes(world, *term)
        }
        (Mark::VoteDenied(Some(Why::Behind)), Event::VoteDenied { reason, .. }) => {
            matches!(reason, VoteRejected::LogBehind { .. })
        }
        (Mark::VoteDenied(Some(Why::Voted)), Event::VoteDenied { reason, .. }) => {
            matches!(reason, VoteRejected::AlreadyVoted { .. })
        }
        (
            Mark::Stored,
            Event::AppendAccepted {
                first_new,
                match_index,
                ..
            },
        ) => first_new <= match_index,
        _ => false,
    }
}

/// Whether a request for a vote of `term` is under way.
fn asks_for_votes(world: &World, term: Term) -> bool {
    world.network().packets().iter().any(|packet| {
        matches!(packet.body, Body::Raft(Message::RequestVote { term: asked, .. }) if asked == term)
    })
}

fn leaders(world: &World) -> ServerSet {
    let leaders = world.servers().iter().filter(|server| server.is_leader());
    leaders.map(|server| server.id).collect()
}

fn is_whole(world: &World) -> bool {
    let ids = || world.servers().iter().map(|server| server.id);
    ids().all(|a| ids().all(|b| !world.network().is_cut(a.into(), b.into())))
}

impl Sight {
    fn is_seen(self, world: &World) -> bool {
        let servers = || world.servers().iter();
        match self {
            Self::LeaderAlone => {
                let leader = world.leader().and_then(|id| world.server(id).node());
                leader.is_some_and(|leader| {
                    let others = servers().filter_map(Server::node);
                    let mut others = others.filter(|node| node.id() != leader.id());
                    others.all(|node| node.commit_index() < leader.commit_index())
                })
            }
            Self::LogsAgree => {
                let first = &world.servers()[0];
                servers().all(|server| server.is_up() && server.log().last() == first.log().last())
            }
            Self::SplitVote => is_split(world),
            Self::TwoLeaders => leaders(world).len() > 1,
            Self::Whole => servers().all(Server::is_up) && is_whole(world),
        }
    }
}

/// Whether every server that is up has given its vote of the latest term, several are candidates
/// in it, and none of them has a majority.
fn is_split(world: &World) -> bool {
    let up = || world.servers().iter().filter(|server| server.is_up());
    let Some(latest) = up().map(Server::term).max() else {
        return false;
    };
    let is_candidate = |server: &Server| {
        let role = server.node().map(|node| node.role());
        matches!(role, Some(Role::Candidate { .. }))
    };
    let votes_for = |id: NodeId| {
        let vote = |server: &&Server| server.persistent().voted_for == Some(id);
        up().filter(vote).count()
    };
    let candidates = up().filter(|server| is_candidate(server));
    let mut asked = 0;
    for candidate in candidates.filter(|server| server.term() == latest) {
        if votes_for(candidate.id) >= world.majority() {
            return false;
        }
        asked += 1;
    }
    let has_voted =
        |server: &Server| server.term() == latest && server.persistent().voted_for.is_some();
    asked > 1 && up().all(has_voted) && leaders(world).is_empty()
}

/// Reading.
impl Goal {
    /// Reads a goal. An error says which word is wrong, from 0.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut stages = vec![vec![Vec::new()]];
        let mut from = 0;
        for to in 0..=words.len() {
            let joint = words.get(to).copied();
            if !matches!(joint, None | Some("then" | "and" | "or")) {
                continue;
            }
            let wanted = Wanted::parse(&words[from..to]).map_err(|(at, why)| (from + at, why))?;
            if let Some(all) = stages
                .last_mut()
                .and_then(|stage: &mut Stage| stage.last_mut())
            {
                all.push(wanted);
            }
            match joint {
                Some("then") => stages.push(vec![Vec::new()]),
                Some("or") => {
                    if let Some(stage) = stages.last_mut() {
                        stage.push(Vec::new());
                    }
                }
                _ => {}
            }
            from = to + 1;
        }
        Ok(Self { stages })
    }
}

impl std::str::FromStr for Goal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|(_, message)| message)
    }
}

impl Wanted {
    fn parse(words: &[&str]) -> Result<Self, (usize, String)> {
        let mark = match *words {
            ["acknowledged"] => Mark::Acknowledged,
            ["answered"] => Mark::Answered,
            ["new", "request", "answered"] => Mark::AnsweredAnew,
            ["appended"] => Mark::Appended,
            ["committed", key] if key.parse::<u64>().is_err() => {
                Mark::Committed(key.parse().map_err(|why| (1, why))?)
            }
            ["configured"] => Mark::Configured,
            ["crashed", whom] => Mark::Crashed(match whom {
                "leader" => Whom::Leader,
                "follower" => Whom::Follower,
                server => Whom::Server(text::server(server).map_err(|why| (1, why))?),
            }),
            ["cut"] => Mark::Cut,
            ["delivered"] => Mark::Delivered,
            ["elected", "by", "a", "bare", "majority"] => Mark::LeaderElectedBarely,
            ["healed"] => Mark::Healed,
            ["leader", "elected"] => Mark::LeaderElected,
            ["leader", "stepped", "down"] => Mark::SteppedDown,
            ["requested"] => Mark::Requested(None),
            [client, "requested"] => {
                Mark::Requested(Some(text::client(client).map_err(|why| (0, why))?))
            }
            ["restarted"] => Mark::Restarted,
            ["rolled", "back"] => Mark::RolledBack,
            ["stored"] => Mark::Stored,
            ["timed", "out"] => Mark::TimedOut,
            ["vote", "denied"] => Mark::VoteDenied(None),
            ["vote", "denied", "for", "behind"] => Mark::VoteDenied(Some(Why::Behind)),
            ["vote", "denied", "for", "voted"] => Mark::VoteDenied(Some(Why::Voted)),
            ["vote", "granted"] => Mark::VoteGranted,
            ["leader", "alone", "committed"] => return Ok(Self::Looks(Sight::LeaderAlone)),
            ["logs", "agree"] => return Ok(Self::Looks(Sight::LogsAgree)),
            ["split", "vote"] => return Ok(Self::Looks(Sight::SplitVote)),
            ["two", "leaders"] => return Ok(Self::Looks(Sight::TwoLeaders)),
            ["whole"] => return Ok(Self::Looks(Sight::Whole)),
            _ => {
                let condition = Condition::parse_one(words).map_err(|(at, why)| {
                    (
                        at,
                        format!("{why}; or one of what can happen: {HAPPENINGS}"),
                    )
                })?;
                return Ok(Self::Holds(condition));
            }
        };
        Ok(Self::Happens(mark))
    }
}

const HAPPENINGS: &str = "acknowledged, answered, appended, committed x, configured, crashed leader, cut, delivered, healed, \
    leader elected, leader stepped down, logs agree, new request answered, requested, restarted, rolled back, \
    split vote, stored, timed out, two leaders, vote denied, vote granted, whole";
