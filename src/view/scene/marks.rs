//! What the stage marks besides roles: slow and lossy links, who is no member, split votes.

use super::{Look, ServerView};
use crate::narrate::{fill, say, spoken_time};
use crate::raft::{NodeId, Term};
use crate::sim::{Server, World};

/// How slow and lossy a link is, in both directions or in the one that is named.
pub(super) fn of_link(world: &World, a: NodeId, b: NodeId) -> Option<String> {
    let of = |from: NodeId, to: NodeId| {
        let faults = world.network().link_faults(from.into(), to.into());
        let late = faults.latency.map(|(low, high)| match low == high {
            true => spoken_time(low),
            false => format!("{}–{}", spoken_time(low), spoken_time(high)),
        });
        let share = |loss: u16| format!("{}", f32::from(loss) / 10.0);
        let lost = faults.loss.map(|loss| fill("{} % lost", &[&share(loss)]));
        let notes: Vec<String> = late.into_iter().chain(lost).collect();
        (!notes.is_empty()).then(|| notes.join(", "))
    };
    match (of(a, b), of(b, a)) {
        (there, back) if there == back => there,
        (Some(there), None) => Some(format!("{a}→{b}: {there}")),
        (None, Some(back)) => Some(format!("{b}→{a}: {back}")),
        (there, back) => Some(format!(
            "{a}→{b}: {}; {b}→{a}: {}",
            there.unwrap_or_default(),
            back.unwrap_or_default()
        )),
    }
}

/// Says of a server that was removed, and may not know it, that it is no member.
pub(super) fn name_those_outside(servers: &mut [ServerView], world: &World) {
    let Some(leader) = world.leader() else {
        return;
    };
    let members = world.server(leader).log().configuration().members();
    for server in servers {
        let knows = server.look == Look::Outside || server.look == Look::Leader;
        if !knows && !members.contains(server.id) {
            let doing = server.doing.take().into_iter();
            let all: Vec<String> = doing.chain([say("not a member").into()]).collect();
            server.doing = Some(all.join(", "));
        }
    }
}

/// Says of candidates that their votes are split, once those who are up have voted and none has won.
pub(super) fn name_split_votes(servers: &mut [ServerView], world: &World) {
    let running = |server: &ServerView| server.look == Look::Candidate;
    let terms: Vec<Term> = servers
        .iter()
        .filter(|server| running(server))
        .map(|server| server.term)
        .collect();
    for term in terms {
        let up = world.servers().iter().filter(|server| server.is_up());
        // A vote that is not given yet may go to any of them.
        let may_vote = |server: &Server, id: NodeId| {
            let vote = server.persistent().voted_for;
            server.term() < term || server.term() == term && vote.is_none_or(|vote| vote == id)
        };
        let stuck = |server: &ServerView| match server.quorum.as_ref().map(|all| &*all.parts) {
            Some([part]) => {
                let voters = up.clone().filter(|one| part.voters.contains(&one.id));
                voters.filter(|one| may_vote(one, server.id)).count() < part.needed
            }
            _ => false,
        };
        let of_term = |server: &&ServerView| running(server) && server.term == term;
        if servers.iter().filter(of_term).count() > 1 && servers.iter().filter(of_term).all(stuck) {
            let candidates = servers
                .iter_mut()
                .filter(|server| running(server) && server.term == term);
            let rows = candidates.filter_map(|server| server.quorum.as_mut());
            rows.for_each(|row| row.split = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::session::Session;
    use crate::sim::Time;
    use crate::view::Scene;

    fn scene(text: &str, until: u64) -> Scene {
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(until));
        Scene::of(session.world())
    }

    #[test]
    fn faults_of_links_clocks_and_disks_are_marked_where_they_are() {
        let text = "servers 3 · seed 1\nat 1ms skew S2 2/1 · slow-disk S3 60ms · fail-disk S1
            at 2ms slow S1-S3 100ms · lossy S1-S3 50% · slow S1>S2 80ms..90ms";
        let scene = scene(text, 2);
        let notes: Vec<_> = scene
            .links
            .iter()
            .map(|link| link.note.as_deref())
            .collect();
        assert_eq!(
            notes,
            [Some("S1→S2: 80 ms–90 ms"), Some("100 ms, 50 % lost"), None]
        );
        let marks = |nth: usize| {
            let server = &scene.servers[nth];
            (server.clock.as_deref(), server.disk.as_deref())
        };
        assert_eq!(marks(0), (None, Some("fails")));
        assert_eq!(marks(1), (Some("×2"), None));
        assert_eq!(marks(2), (None, Some("60 ms")));
        assert!(scene.servers[1].name(true).ends_with(", clock ×2"));
    }

    #[test]
    fn a_split_vote_is_called_so_once_everybody_has_voted() {
        let text = "servers 4 · seed 1 · clients 0\nconfig latency=10ms
            timeout S1 · timeout S2\ndelay S1>S4 vote 1ms";
        let label = |until| {
            let scene = scene(text, until);
            let rows = scene.servers.iter().filter_map(|one| one.quorum.as_ref());
            rows.map(|row| row.label()).collect::<Vec<_>>()
        };
        assert_eq!(label(5), ["1 of 4 votes", "1 of 4 votes"]);
        assert_eq!(label(60), ["2 of 4: a split vote", "2 of 4: a split vote"]);
    }

    #[test]
    fn who_was_removed_is_no_member() {
        let text = "servers 3 · seed 1 · clients 0\ntimeout S1\nat 200ms crash S3 · remove S3";
        let scene = scene(text, 600);
        let doing: Vec<_> = scene.servers.iter().map(|one| one.doing.clone()).collect();
        assert_eq!(doing, [None, None, Some("not a member".into())]);
    }
}
